# cmake -DROOT=TREE -P layering.cmake: the arrows between the folders of src, which files may use which library, and
# that every source includes base/banned.h. Says all that is wrong and fails once.
cmake_policy(SET CMP0057 NEW)

set(arrows_main app ui api keyring report model base)
set(arrows_app app ui api keyring report model base)
set(arrows_ui ui model base)
set(arrows_api api model base)
set(arrows_keyring keyring base)
set(arrows_report report model base)
set(arrows_model model base)
set(arrows_base base)
set(arrows_sandbox sandbox base) # and model/scope*.h, below

# An outside header (a regular expression) and the only files below src that may include it.
set(outside
  "^(ncursesw?/)?(n?curses|term|panel|form|menu)\\.h$" "^ui/term_info\\.c$"
  "^curl/" "^api/transport_(curl|url)\\.c$"
  "^jansson\\.h$" "^(api|report|sandbox)/|^app/journal[a-z_]*\\.[ch]$"
  "^(libsecret|glib|gio|glib-object)[/.]" "^keyring/helper[a-z_]*\\.[ch]$"
  "^sqlite3" "^sandbox/db[a-z_]*\\.[ch]$"
  "^microhttpd\\.h$" "^sandbox/"
  "^ini\\.h$" "^app/"
  "^sodium" "^(base|sandbox)/"
  "^utf8proc\\.h$" "^base/"
  "^wctype\\.h$|^unistr|^unicode/" "^base/")

set(wrong "")
function(wrong_at file what)
  list(APPEND wrong "src/${file}: ${what}")
  set(wrong "${wrong}" PARENT_SCOPE)
endfunction()

function(check_ours file folder header)
  if(header MATCHES "^[a-z0-9_]+\\.inc$")
    set(ok TRUE) # made by the build
  elseif(header MATCHES "^([a-z]+)/")
    set(ok FALSE)
    if(CMAKE_MATCH_1 IN_LIST arrows_${folder})
      set(ok TRUE)
    elseif(folder STREQUAL "sandbox" AND header MATCHES "^model/scope[a-z_]*\\.h$")
      set(ok TRUE)
    endif()
  else()
    set(ok FALSE)
  endif()
  if(NOT ok)
    wrong_at(${file} "may not include \"${header}\"")
  endif()
  set(wrong "${wrong}" PARENT_SCOPE)
endfunction()

function(check_outside file header)
  list(LENGTH outside count)
  math(EXPR last "${count} / 2 - 1")
  foreach(i RANGE ${last})
    math(EXPR at "2 * ${i}")
    list(GET outside ${at} pattern)
    math(EXPR at "${at} + 1")
    list(GET outside ${at} allowed)
    if(header MATCHES "${pattern}" AND NOT file MATCHES "${allowed}")
      wrong_at(${file} "may not include <${header}>")
    endif()
  endforeach()
  set(wrong "${wrong}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files RELATIVE ${ROOT}/src ${ROOT}/src/*.c ${ROOT}/src/*.h)
if(NOT files)
  message(FATAL_ERROR "no sources below ${ROOT}/src")
endif()
foreach(file IN LISTS files)
  string(REGEX REPLACE "/.*" "" folder ${file})
  if(folder STREQUAL file)
    set(folder main)
  endif()
  if(NOT DEFINED arrows_${folder})
    wrong_at(${file} "stands in a folder that has no arrows")
    continue()
  endif()
  set(banned FALSE)
  file(STRINGS ${ROOT}/src/${file} lines REGEX "^[ \t]*#[ \t]*include")
  foreach(line IN LISTS lines)
    if(line MATCHES "include[ \t]*\"([^\"]+)\"")
      set(header "${CMAKE_MATCH_1}")
      check_ours(${file} ${folder} ${header})
      # A library's header in quotes is still a library's header.
      check_outside(${file} ${header})
      if(header STREQUAL "base/banned.h")
        set(banned TRUE)
      endif()
    elseif(line MATCHES "include[ \t]*<([^>]+)>")
      check_outside(${file} ${CMAKE_MATCH_1})
    else()
      wrong_at(${file} "has an include that is neither <> nor \"\"")
    endif()
  endforeach()
  # A sentence is for people: what a program decides by is carried beside it (a kind, a part, a flag). What is looked up in
  # tables, or was typed, has other names.
  file(STRINGS ${ROOT}/src/${file} lines
       REGEX "str(str|casestr|n?cmp)\\(([^;\"]*(->|\\.))?(words|why|detail|sentence)(\\.data)?, |str(str|casestr|ncmp)\\([^;\"]*(err|error|problem|reply)[a-z_.>-]*(->|\\.)text, ")
  foreach(line IN LISTS lines)
    if(line MATCHES ", (\"[^\"][^\"]+\"|[A-Z][A-Z_]+)")
      wrong_at(${file} "reads a sentence back")
    endif()
  endforeach()
  if(file MATCHES "\\.c$" AND NOT banned)
    wrong_at(${file} "does not include \"base/banned.h\"")
  endif()
endforeach()

if(wrong)
  list(JOIN wrong "\n" text)
  message("${text}")
  message(FATAL_ERROR "layering is broken")
endif()

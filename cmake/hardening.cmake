# Warnings and hardening, each flag probed: an older or other compiler goes without it. Everything of ours
# links the interface library `hardening`.
include(CheckCCompilerFlag)
include(CheckLinkerFlag)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(hardening INTERFACE)
target_include_directories(hardening INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(hardening INTERFACE _GNU_SOURCE PORTCULLIS_VERSION="${PROJECT_VERSION}")

set(CMAKE_REQUIRED_FLAGS "-Werror -Wformat")
foreach(flag
    -Wall -Wextra -Wformat=2 -Wconversion -Wimplicit-fallthrough -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wvla -Wtrampolines -Wbidi-chars=any -Wnull-dereference
    -Werror=format-security -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion
    -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
    -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr -fstrict-flex-arrays=3
    -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing -fexceptions)
  string(MAKE_C_IDENTIFIER "HAVE${flag}" known)
  check_c_compiler_flag(${flag} ${known})
  if(${known})
    target_compile_options(hardening INTERFACE ${flag})
  endif()
endforeach()
unset(CMAKE_REQUIRED_FLAGS)

foreach(flag -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code -Wl,-z,nodlopen -Wl,--as-needed)
  string(MAKE_C_IDENTIFIER "HAVELINK${flag}" known)
  check_linker_flag(C ${flag} ${known})
  if(${known})
    target_link_options(hardening INTERFACE ${flag})
  endif()
endforeach()

if(WERROR)
  target_compile_options(hardening INTERFACE -Werror)
endif()
if(SANITIZE OR FUZZ) # a fuzz target that reads past a buffer in silence has found nothing
  # Asserts count in the tests, whatever the build type says.
  target_compile_options(hardening INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
                         -fno-omit-frame-pointer -UNDEBUG)
  target_link_options(hardening INTERFACE -fsanitize=address,undefined)
else()
  target_compile_options(hardening INTERFACE
                         $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE$<SEMICOLON>-D_FORTIFY_SOURCE=3>)
endif()
if(FUZZ)
  target_compile_options(hardening INTERFACE -fsanitize=fuzzer-no-link)
endif()

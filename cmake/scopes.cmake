# Makes scope_table.inc from assets/scopes.json when the build runs.
set(SCOPE_TABLE ${CMAKE_BINARY_DIR}/generated/scope_table.inc)
add_custom_command(
  OUTPUT ${SCOPE_TABLE}
  COMMAND ${CMAKE_COMMAND} -DIN=${CMAKE_SOURCE_DIR}/assets/scopes.json -DOUT=${SCOPE_TABLE}
          -P ${CMAKE_SOURCE_DIR}/cmake/scope_table.cmake
  DEPENDS ${CMAKE_SOURCE_DIR}/assets/scopes.json ${CMAKE_SOURCE_DIR}/cmake/scope_table.cmake
  COMMENT "scope catalogue" VERBATIM)
add_custom_target(scope_table DEPENDS ${SCOPE_TABLE})

# cmake --install: the node library with its CMake package and pkg-config file. See docs/node-library.md.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

foreach(library core maelstrom)
  add_library(bruit::${library} ALIAS bruit_${library})
  set_target_properties(bruit_${library} PROPERTIES EXPORT_NAME ${library})
endforeach()

install(TARGETS bruit_core bruit_maelstrom
  EXPORT bruit
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT library
  FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT library)

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/bruit")
install(EXPORT bruit FILE bruitTargets.cmake NAMESPACE bruit:: DESTINATION "${package_folder}"
  COMPONENT library)
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/bruitConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/bruitConfig.cmake" INSTALL_DESTINATION "${package_folder}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/bruitConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/bruitConfig.cmake" "${PROJECT_BINARY_DIR}/bruitConfigVersion.cmake"
  DESTINATION "${package_folder}" COMPONENT library)

# From lib/pkgconfig, or lib/TRIPLET/pkgconfig, up to the prefix.
file(RELATIVE_PATH BRUIT_PC_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
set(BRUIT_PC_PREFIX "\${pcfiledir}/${BRUIT_PC_PREFIX}")
configure_file("${CMAKE_CURRENT_LIST_DIR}/bruit.pc.in" "${PROJECT_BINARY_DIR}/bruit.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/bruit.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig"
  COMPONENT library)

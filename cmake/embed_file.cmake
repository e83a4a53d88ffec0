# Writes OUTPUT, the C++ source of the function NAMESPACE::NAME() that returns the bytes of INPUT.
file(READ "${INPUT}" bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE "${OUTPUT}" "#include <string_view>

namespace ${NAMESPACE} {
namespace {
constexpr unsigned char bytes[] = {
${bytes}0x00};
}  // namespace

std::string_view ${NAME}();
std::string_view ${NAME}() { return {reinterpret_cast<const char*>(bytes), sizeof(bytes) - 1}; }
}  // namespace ${NAMESPACE}
")

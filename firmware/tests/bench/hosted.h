// What bench.cpp uses of the C++ library: compiled once for all sketches.

#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

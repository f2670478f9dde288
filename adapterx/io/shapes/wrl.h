// VRML 2.0 (VRML97) files, .wrl: the surfaces of a scene.
#pragma once

#include "adapterx/io/file_bytes.h"
#include "adapterx/io/shapes/point_cloud.h"

namespace ax {

// The IndexedFaceSets of all Shapes, through Transform, Group, Anchor, Collision, Billboard, the chosen child
// of a Switch and the first of a LOD, DEF and USE; without triangles the cloud of their points. Of other
// nodes the syntax is read and what they hold passed over: materials, lights, lines, boxes. Faces become fans
// of triangles.
//
// Throws Error naming file and line on VRML 1.0, on PROTO, on damage, on a corner that is no point, where
// nothing is shown, and on scenes nested more than 64 deep or of more than 2^26 points.
Geometry read_wrl(const FileBytes& file);

}  // namespace ax

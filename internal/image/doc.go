// Package image is the place of the tests that build the container image from
// the Dockerfile, run it as hardened as deploy/compose.yaml asks for, and hold
// that file to its promises. It has no code of its own.
//
// Building and running needs Linux, root, buildah, podman, runc and a static
// busybox (.ci/install gets them on Debian); nothing is pulled from a registry,
// and nothing is left behind. What is missing is printed and the test skipped;
// where CI is set it fails instead. go test -short leaves it out.
package image

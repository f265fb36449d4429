package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

// build is set by the linker in images: -X main.build=v1.2.3.
var build = "dev"

// version prints what is running.
func version(_ context.Context, env environment, args []string) error {
	if _, err := newFlags("version").parse(args); err != nil {
		return err
	}
	commit, changed := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = " (modified)"
			}
		}
	}
	_, err := fmt.Fprintf(env.stdout, "dangol %s\ncommit %s%s\n%s %s/%s\n", build, commit, changed, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

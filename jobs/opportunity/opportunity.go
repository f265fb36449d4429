// Package opportunity will be replaced.
package opportunity

import (
	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/jobs/standing"
)

// Rules are placeholders until the package lands.
type Rules struct{}

// DefaultRules are.
func DefaultRules() Rules { return Rules{} }

// Find finds.
func Find(*sales.Snapshot, *standing.Sheet, int, Rules) []finding.Finding { return nil }

// Fallen lists.
func Fallen(*sales.Snapshot, int, int) (products, segments []finding.Fallen) { return nil, nil }

package salesdb

import (
	"fmt"
	"strings"
	"time"
)

// dialect holds what differs between servers.
type dialect struct {
	name    string // as Server and errors name it
	version string
	// setup prepares a session; a server that lacks one of the variables may
	// refuse an optional one.
	setup []setting
	// begin are the ways to start a consistent, read-only transaction, the best
	// first; a server takes the first it understands.
	begin []string
	// limit returns the setting that bounds a statement on the server, or "".
	limit func(time.Duration) string
	// kill ends the running statement of a connection, or is "".
	kill string
	// rangeless servers compare dates as texts; there the program alone cuts.
	rangeless bool
	// date selects a date column as the text the server holds.
	date func(column string) string
	// exact orders by the bytes of a column.
	exact func(column string) string
}

type setting struct {
	statement string
	optional  bool
}

// dialectOf tells the servers that speak MySQL's protocol apart.
func dialectOf(version, comment string) *dialect {
	d := &dialect{
		name:    "MySQL",
		version: version,
		setup: []setting{
			{"SET SESSION time_zone = '+00:00'", false},
			{"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", true},
			{"SET SESSION sql_select_limit = 18446744073709551615", true}, // a lower one would cut results silently
		},
		begin: []string{
			"START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
			"START TRANSACTION WITH CONSISTENT SNAPSHOT",
			"START TRANSACTION",
		},
		limit: func(d time.Duration) string {
			return fmt.Sprintf("SET SESSION max_execution_time = %d", max(1, d.Milliseconds()))
		},
		kill:  "KILL QUERY %d",
		date:  func(column string) string { return column },
		exact: func(column string) string { return "CAST(" + column + " AS BINARY)" },
	}
	switch {
	case strings.Contains(version, "MariaDB"):
		d.name = "MariaDB"
		d.version, _, _ = strings.Cut(version, "-")
		d.limit = func(d time.Duration) string {
			return fmt.Sprintf("SET SESSION max_statement_time = %.3f", max(0.001, d.Seconds()))
		}
	case strings.Contains(version+comment, "TiDB"):
		d.name = "TiDB"
		_, d.version, _ = strings.Cut(version, "TiDB-")
		d.kill = "KILL TIDB QUERY %d"
	}
	return d
}

func sqliteDialect(version string) *dialect {
	return &dialect{
		name:      "SQLite",
		version:   version,
		begin:     []string{"BEGIN DEFERRED"},
		limit:     func(time.Duration) string { return "" },
		rangeless: true,
		date:      func(column string) string { return "CAST(" + column + " AS TEXT) AS " + column },
		exact:     func(column string) string { return "CAST(" + column + " AS BLOB)" },
	}
}

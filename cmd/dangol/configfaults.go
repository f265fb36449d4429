package main

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dangol/config"
	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/internal/salesdb"
	"dangol/jobs"
)

// readerConfig is what the reader needs to know of the config.
func readerConfig(cfg *config.Config) salesdb.Config {
	queries := make(map[sales.Relation]string, len(cfg.Sales.Queries))
	for name, query := range cfg.Sales.Queries {
		queries[sales.Relation(name)] = query
	}
	dsn := cfg.Database.DSN.Reveal()
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok && path != "" && !filepath.IsAbs(path) {
		dsn = "sqlite:" + cfg.Path(path)
	}
	return salesdb.Config{
		DSN: dsn, QueryTimeout: time.Duration(cfg.Database.QueryTimeout), MaxLag: time.Duration(cfg.Database.MaxLag), MaxConnections: cfg.Database.MaxConnections,
		Queries: queries, Timezone: cfg.Timezone.Location, StoredTimezone: cfg.Sales.StoredTimezone.Location,
		MergedInto: cfg.Merged, Pauses: cfg.Pauses,
	}
}

// configFaults are the faults of a config that only jobs and reader know, with
// file, line, key and remedy like those that loading finds.
func configFaults(cfg *config.Config) error {
	definitions, err := rules(cfg)
	return errors.Join(err, parameterFaults(cfg, definitions), scheduleFaults(cfg, err), readerFaults(cfg), sentenceFaults(cfg))
}

// parameterFaults are those in the keys of the jobs about figures; those of
// lost-customers are found with the rules.
func parameterFaults(cfg *config.Config, definitions jobs.Rules) error {
	var all []error
	for _, entry := range jobs.Catalogue() {
		if entry.Name == jobs.LostCustomers {
			continue
		}
		var wrong *jobs.ParameterError // a schedule, told below
		if _, err := entry.New(definitions, only(entry.Name, cfg.DecodeJob)); err != nil && !errors.As(err, &wrong) {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}

// only decodes the parameters of one job, and leaves those of others at their defaults.
func only(name string, decode jobs.Decoder) jobs.Decoder {
	return func(job string, into any) error {
		if job != name {
			return nil
		}
		return decode(job, into)
	}
}

// scheduleFaults are those that known does not name yet: of jobs that this
// version does not have, and of one with a fault in another key.
func scheduleFaults(cfg *config.Config, known error) error {
	var all []error
	for _, name := range slices.Sorted(maps.Keys(cfg.Jobs)) {
		var given struct {
			Schedule string `yaml:"schedule"`
		}
		node := cfg.Jobs[name]
		if err := node.Decode(&given); err != nil || given.Schedule == "" {
			continue
		}
		if _, err := jobs.ParseSchedule(given.Schedule); err != nil {
			if fault := cfg.Fault("jobs."+name+".schedule", err.Error(), strings.Join(hint.Of(err), "; ")); known == nil || !strings.Contains(known.Error(), fault.Error()) {
				all = append(all, fault)
			}
		}
	}
	return errors.Join(all...)
}

// readerFaults are those of DSN, queries and merged customers. What is missing
// altogether is left to loading and to Config.Need.
func readerFaults(cfg *config.Config) error {
	var all []error
	for _, err := range split(salesdb.CheckConfig(readerConfig(cfg))) {
		wrong, ok := errors.AsType[*salesdb.ConfigError](err)
		if !ok {
			all = append(all, err)
			continue
		}
		relation, isQuery := strings.CutPrefix(wrong.Key, "sales.queries.")
		if isQuery && (strings.TrimSpace(cfg.Sales.Queries[relation]) == "" || salesdb.Columns(sales.Relation(relation)) == nil) {
			continue
		}
		if wrong.Key == "database.dsn" && (cfg.Database.DSN == "" || cfg.Need("database") != nil) {
			continue
		}
		if wrong.Key == "database.dsn" && cfg.Database.DSNFile != "" {
			wrong.Key = "database.dsn_file"
		}
		all = append(all, cfg.Fault(wrong.Key, strings.ReplaceAll(wrong.Err.Error(), "\n", "; "), strings.Join(hint.Of(err), "; ")))
	}
	return errors.Join(all...)
}

// split returns the errors that were joined.
func split(err error) []error {
	if err == nil {
		return nil
	}
	many, ok := err.(interface{ Unwrap() []error }) //nolint:errorlint // only joins are split, nothing deeper
	if !ok {
		return []error{err}
	}
	var all []error
	for _, one := range many.Unwrap() {
		all = append(all, split(one)...)
	}
	return all
}

package salesdb

import (
	"errors"

	"dangol/internal/hint"
	"dangol/internal/sales"
)

// ConfigError is a fault of the config that no server needs to be asked about.
type ConfigError struct {
	Key string // of the config file, such as database.dsn or sales.queries.order_lines
	Err error
}

// Error names the key and what is wrong with its value.
func (e *ConfigError) Error() string { return e.Key + ": " + e.Err.Error() }

// Unwrap returns what is wrong, with its remedy.
func (e *ConfigError) Unwrap() error { return e.Err }

// CheckConfig returns every fault of the config that shows without a server, each
// a *ConfigError; Open checks the same.
func CheckConfig(config Config) error {
	_, queryErr := plainQueries(config.Queries)
	_, mergeErr := followMerges(config.MergedInto)
	_, _, dsnErr := target(config)
	return errors.Join(dsnErr, queryErr, mergeErr)
}

// fault returns a *ConfigError with a remedy.
func fault(key string, err error, remedy string, args ...any) error {
	return &ConfigError{Key: key, Err: hint.With(err, remedy, args...)}
}

// queryKey is the key of a relation's query.
func queryKey(relation sales.Relation) string { return "sales.queries." + string(relation) }

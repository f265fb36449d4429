package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"dangol/config"
	"dangol/internal/sales"
	"dangol/jobs"

	yaml "go.yaml.in/yaml/v4"
)

// effective is the config as it holds, in the order of its keys: defaults filled
// in, secrets hidden.
type effective struct{ root *yaml.Node }

// effectiveConfig walks over the config's types, so that a key which is added
// there shows here without a line of its own.
func effectiveConfig(cfg *config.Config) (effective, error) {
	filled := *cfg
	if filled.Jobs = maps.Clone(cfg.Jobs); filled.Jobs == nil {
		filled.Jobs = map[string]yaml.Node{}
	}
	for _, entry := range jobs.Catalogue() {
		parameters, err := parametersOf(cfg, entry)
		if err != nil {
			return effective{}, err
		}
		filled.Jobs[entry.Name] = *parameters
	}
	root, err := nodeOf(reflect.ValueOf(&filled).Elem())
	return effective{root}, err
}

// parametersOf returns a job's parameters as the config gives them, with the
// defaults of those it does not give.
func parametersOf(cfg *config.Config, entry jobs.Entry) (*yaml.Node, error) {
	values := map[string]any{"schedule": entry.Schedule}
	if entry.Name == jobs.LostCustomers {
		defaults := jobs.DefaultRules()
		values["overdue"], values["lost"] = defaults.Standing.Overdue, defaults.Standing.Lost
		values["declining"], values["dropped"] = defaults.Declining.Declining, defaults.Dropped.LeastOdds
		values["patience"] = jobs.Patience
	}
	if given, ok := cfg.Jobs[entry.Name]; ok && given.Kind == yaml.MappingNode {
		if err := given.Decode(&values); err != nil {
			return nil, err
		}
	}
	return scalar(values)
}

// text is the config as YAML.
func (e effective) text() (string, error) {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(e.root); err != nil {
		return "", err
	}
	return b.String(), encoder.Close()
}

// MarshalJSON writes the config as JSON.
func (e effective) MarshalJSON() ([]byte, error) {
	var values any
	if err := e.root.Decode(&values); err != nil {
		return nil, err
	}
	return json.Marshal(values)
}

// nodeOf turns a value of the config into YAML.
func nodeOf(v reflect.Value) (*yaml.Node, error) {
	switch value := v.Interface().(type) {
	case config.Secret:
		return scalar(value.String())
	case config.Zone:
		if value.Location == nil {
			return nil, nil
		}
		return scalar(value.String())
	case config.Duration:
		if value == 0 { // none is given, and there is no default
			return nil, nil
		}
		return scalar(shortDuration(time.Duration(value)))
	case config.Days:
		if value == 0 {
			return nil, nil
		}
		return scalar(strconv.Itoa(int(value)) + "d")
	case config.Holidays:
		return fileOr(value.File, "", reflect.ValueOf(value.Dates))
	case config.Quotas:
		return fileOr(value.File, "file", reflect.ValueOf(value.List))
	case yaml.Node:
		return &value, nil
	case sales.Date:
		return scalar(value.String())
	case string:
		return scalar(withoutAccount(value))
	case float64:
		if whole := int64(value); float64(whole) == value { // 50000000, not 5e+07
			return scalar(whole)
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		return structNode(v)
	case reflect.Map:
		return mapNode(v)
	case reflect.Slice:
		return sliceNode(v)
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return nodeOf(v.Elem())
	}
	return scalar(v.Interface())
}

func scalar(value any) (*yaml.Node, error) {
	var node yaml.Node
	err := node.Encode(value)
	return &node, err
}

// shortDuration is 5m instead of 5m0s.
func shortDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// fileOr shows a list that may stand in a file of its own: the file's name,
// below key where it stands there in the config, or the list.
func fileOr(file, key string, list reflect.Value) (*yaml.Node, error) {
	switch {
	case file == "":
		return sliceNode(list)
	case key == "":
		return scalar(file)
	}
	return scalar(map[string]string{key: file})
}

// withoutAccount hides user and password in an address.
func withoutAccount(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.User == nil || u.Host == "" {
		return text
	}
	u.User = url.User("<secret>")
	return strings.Replace(u.String(), "%3Csecret%3E", "<secret>", 1)
}

func structNode(v reflect.Value) (*yaml.Node, error) {
	node := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if !field.IsExported() || name == "-" || name == "" {
			continue
		}
		value, err := nodeOf(v.Field(i))
		if err != nil {
			return nil, err
		}
		if value != nil && (!blank(value) || slices.Contains(emptyMeansNone, name)) {
			node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, value)
		}
	}
	return node, nil
}

// emptyMeansNone are the keys whose empty value differs from their default.
var emptyMeansNone = []string{"quiet_hours", "weekend"}

// blank reports whether a key has no value and no default.
func blank(node *yaml.Node) bool {
	if node.Kind == yaml.ScalarNode {
		return node.Value == ""
	}
	return len(node.Content) == 0
}

func mapNode(v reflect.Value) (*yaml.Node, error) {
	node := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, key := range keys {
		value, err := nodeOf(v.MapIndex(key))
		if err != nil {
			return nil, err
		}
		node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key.String()}, value)
	}
	return node, nil
}

func sliceNode(v reflect.Value) (*yaml.Node, error) {
	node := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for i := range v.Len() {
		item, err := nodeOf(v.Index(i))
		if err != nil {
			return nil, err
		}
		node.Content = append(node.Content, item)
	}
	return node, nil
}

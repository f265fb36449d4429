package fakeslack

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// node is a JSON object of Block Kit.
type node map[string]any

func (n node) str(key string) string { s, _ := n[key].(string); return s }

func (n node) list(key string) ([]node, bool) {
	raw, ok := n[key].([]any)
	if !ok {
		return nil, false
	}
	return nodes(raw)
}

func nodes(raw []any) ([]node, bool) {
	list := make([]node, len(raw))
	for i, item := range raw {
		object, ok := item.(map[string]any)
		if !ok {
			return nil, false
		}
		list[i] = object
	}
	return list, true
}

// checkContent checks text, blocks and metadata and returns the refusal, or
// nil. maxText of 0 is no limit.
func checkContent(args map[string]string, maxText int) reply {
	if maxText > 0 && utf8.RuneCountInString(args["text"]) > maxText {
		return refuse("msg_too_long")
	}
	blocks, bad := parseBlocks(args["blocks"])
	if bad != nil {
		return bad
	}
	if len(blocks) == 0 && strings.TrimSpace(args["text"]) == "" {
		return refuse("no_text")
	}
	if code := checkMetadata(args); code != "" {
		return refuse(code)
	}
	if problem := checkBlocks(blocks); problem != "" {
		return reply{"ok": false, "error": "invalid_blocks",
			"response_metadata": reply{"messages": []string{"[ERROR] " + problem}}}
	}
	if weigh(blocks) > 12000 {
		return refuse("msg_blocks_too_long")
	}
	return nil
}

func parseBlocks(text string) ([]node, reply) {
	if text == "" {
		return nil, nil
	}
	var raw []any
	if json.Unmarshal([]byte(text), &raw) != nil {
		return nil, refuse("invalid_blocks_format")
	}
	blocks, ok := nodes(raw)
	if !ok {
		return nil, refuse("invalid_blocks_format")
	}
	return blocks, nil
}

func checkMetadata(args map[string]string) string {
	text, given := args["metadata"]
	if !given {
		return ""
	}
	var metadata struct {
		Type    string         `json:"event_type"`
		Payload map[string]any `json:"event_payload"`
	}
	if json.Unmarshal([]byte(text), &metadata) != nil {
		return "invalid_metadata_format"
	}
	if metadata.Type == "" || metadata.Payload == nil {
		return "invalid_metadata_schema"
	}
	if len(text) > 1000 {
		return "metadata_too_large"
	}
	return ""
}

// checkBlocks returns what is wrong with the first bad block, in Slack's way of
// naming it.
func checkBlocks(blocks []node) string {
	if len(blocks) > 50 {
		return "no more than 50 items allowed [json-pointer:/blocks]"
	}
	ids := map[string]bool{}
	for i, block := range blocks {
		check, known := kinds[block.str("type")]
		if !known {
			return fmt.Sprintf("unsupported type: %s [json-pointer:/blocks/%d/type]", block.str("type"), i)
		}
		if err := check(block); err != nil {
			return fmt.Sprintf("%v [json-pointer:/blocks/%d]", err, i)
		}
		id := block.str("block_id")
		if len(id) > 255 || id != "" && ids[id] {
			return fmt.Sprintf("bad block_id [json-pointer:/blocks/%d/block_id]", i)
		}
		ids[id] = true
	}
	return ""
}

var kinds = map[string]func(node) error{
	"section":   checkSection,
	"header":    func(n node) error { return checkText(n["text"], 150, "plain_text") },
	"context":   checkContext,
	"actions":   checkActions,
	"rich_text": checkRichText,
	"image":     checkImage,
	"table":     checkTable,
	"divider":   func(node) error { return nil },
}

// checkText checks a text object; kind restricts its type.
func checkText(value any, max int, kind string) error {
	text, ok := value.(map[string]any)
	if !ok {
		return fmt.Errorf("missing required field: text")
	}
	n := node(text)
	if n.str("type") != "plain_text" && n.str("type") != "mrkdwn" || kind != "" && n.str("type") != kind {
		return fmt.Errorf("unsupported type: %s", n.str("type"))
	}
	if _, given := n["emoji"]; given && n.str("type") == "mrkdwn" {
		return fmt.Errorf("emoji belongs to plain_text")
	}
	return checkLength(n.str("text"), max)
}

func checkLength(s string, max int) error {
	if s == "" {
		return fmt.Errorf("must be more than 0 characters")
	}
	if utf8.RuneCountInString(s) > max {
		return fmt.Errorf("must be less than %d characters", max+1)
	}
	return nil
}

func checkSection(n node) error {
	fields, _ := n.list("fields")
	if n["text"] == nil && len(fields) == 0 {
		return fmt.Errorf("missing required field: text or fields")
	}
	if len(fields) > 10 {
		return fmt.Errorf("no more than 10 fields allowed")
	}
	for _, field := range fields {
		if err := checkText(map[string]any(field), 2000, ""); err != nil {
			return err
		}
	}
	if n["text"] == nil {
		return nil
	}
	return checkText(n["text"], 3000, "")
}

func checkContext(n node) error {
	elements, ok := n.list("elements")
	if !ok || len(elements) < 1 || len(elements) > 10 {
		return fmt.Errorf("between 1 and 10 elements allowed")
	}
	for _, element := range elements {
		check := checkText(map[string]any(element), 2000, "")
		if element.str("type") == "image" {
			check = checkImage(element)
		}
		if check != nil {
			return check
		}
	}
	return nil
}

func checkActions(n node) error {
	elements, ok := n.list("elements")
	if !ok || len(elements) < 1 || len(elements) > 25 {
		return fmt.Errorf("between 1 and 25 elements allowed")
	}
	for _, element := range elements {
		if err := checkPressed(element); err != nil {
			return err
		}
		if len([]rune(element.str("value"))) > 2000 || len([]rune(element.str("action_id"))) > 255 {
			return fmt.Errorf("value or action_id too long")
		}
	}
	return nil
}

// checkPressed checks a button or a menu.
func checkPressed(n node) error {
	switch n.str("type") {
	case "button":
		return checkText(n["text"], 75, "plain_text")
	case "static_select":
		options, ok := n.list("options")
		if !ok || len(options) < 1 || len(options) > 100 {
			return fmt.Errorf("between 1 and 100 options allowed")
		}
		for _, o := range options {
			if err := checkText(o["text"], 75, "plain_text"); err != nil {
				return err
			}
			if err := checkLength(o.str("value"), 150); err != nil {
				return err
			}
		}
		return checkText(n["placeholder"], 150, "plain_text")
	}
	return fmt.Errorf("unsupported type: %s", n.str("type"))
}

func checkImage(n node) error {
	if (n.str("image_url") == "") == (n["slack_file"] == nil) {
		return fmt.Errorf("missing required field: image_url or slack_file")
	}
	return checkLength(n.str("alt_text"), 2000)
}

func checkTable(n node) error {
	rows, ok := n["rows"].([]any)
	if !ok || len(rows) < 1 || len(rows) > 100 {
		return fmt.Errorf("between 1 and 100 rows allowed")
	}
	for _, row := range rows {
		if cells, ok := row.([]any); !ok || len(cells) > 20 {
			return fmt.Errorf("no more than 20 columns allowed")
		}
	}
	return nil
}

var richKinds = map[string]bool{
	"rich_text_section": true, "rich_text_preformatted": true, "rich_text_quote": true,
}

func checkRichText(n node) error {
	elements, ok := n.list("elements")
	if !ok || len(elements) == 0 {
		return fmt.Errorf("missing required field: elements")
	}
	for _, element := range elements {
		if element.str("type") == "rich_text_list" {
			if err := checkRichText(element); err != nil {
				return err
			}
			continue
		}
		if !richKinds[element.str("type")] {
			return fmt.Errorf("unsupported type: %s", element.str("type"))
		}
		if err := checkRuns(element); err != nil {
			return err
		}
	}
	return nil
}

var userID = regexp.MustCompile(`^[UW][A-Z0-9]+$`)

func checkRuns(n node) error {
	runs, ok := n.list("elements")
	if !ok {
		return fmt.Errorf("missing required field: elements")
	}
	for _, run := range runs {
		bad := false
		switch run.str("type") {
		case "text":
			bad = run.str("text") == ""
		case "link":
			bad = !strings.Contains(run.str("url"), "://")
		case "user":
			bad = !userID.MatchString(run.str("user_id"))
		case "emoji", "channel", "usergroup", "broadcast", "date", "color":
		default:
			return fmt.Errorf("unsupported type: %s", run.str("type"))
		}
		if bad {
			return fmt.Errorf("invalid %s element", run.str("type"))
		}
	}
	return nil
}

// weigh counts the characters that the blocks show.
func weigh(blocks []node) int {
	total := 0
	for _, text := range texts(blocks) {
		total += utf8.RuneCountInString(text.raw)
	}
	return total
}

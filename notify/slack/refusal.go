package slack

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"dangol/internal/hint"
	"dangol/notify"
)

// classes says what each refusal of Slack means for a message. A refusal that
// is not listed is repeated and, when it stays, leaves the message where it
// is: nothing is lost for a word we do not know.
var classes = map[notify.Class][]string{
	notify.Stop: {
		"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
		"missing_scope", "no_permission", "not_allowed_token_type", "team_access_not_granted",
		"org_login_required", "ekm_access_denied", "access_denied", "enterprise_is_restricted",
		"two_factor_setup_required", "unknown_method", "method_deprecated", "deprecated_endpoint",
	},
	notify.Park: {
		"channel_not_found", "not_in_channel", "is_archived", "restricted_action",
		"restricted_action_read_only_channel", "restricted_action_thread_only_channel",
		"restricted_action_non_threadable_channel", "restricted_action_thread_locked",
		"user_not_found", "users_not_found", "user_not_visible", "user_disabled", "cannot_dm_bot",
		"messages_tab_disabled", "channel_not_allowed", "invalid_users", "as_user_not_supported",
		"method_not_supported_for_channel_type", "no_such_subteam",
	},
	notify.Payload: {
		"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text",
		"invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large",
		"too_many_attachments", "invalid_attachments", "block_mismatch", "invalid_arguments",
		"invalid_arg_name", "invalid_array_arg", "invalid_charset", "invalid_form_data", "markdown_text_conflict",
	},
	notify.Retry: {
		"ratelimited", "rate_limited", "request_timeout", "message_limit_exceeded",
		"team_added_to_org", "external_channel_migrating",
	},
	notify.Gone: {
		"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found",
		"cannot_reply_to_message", "invalid_thread_ts",
	},
	notify.Ambiguous: {"fatal_error", "internal_error", "service_unavailable"},
}

var classOf = byCode(classes)

func byCode(classes map[notify.Class][]string) map[string]notify.Class {
	list := map[string]notify.Class{}
	for class, codes := range classes {
		for _, code := range codes {
			list[code] = class
		}
	}
	return list
}

// badToken lists the refusals that mean every call will fail.
var badToken = map[string]bool{
	"invalid_auth": true, "not_authed": true, "account_inactive": true,
	"token_revoked": true, "token_expired": true,
}

// remedies says what ops can do.
var remedies = map[string]string{
	"invalid_auth":               "check slack.token or slack.token_file: Slack does not know this token",
	"not_authed":                 "set slack.token or slack.token_file",
	"account_inactive":           "install the app again and put its new bot token into slack.token",
	"token_revoked":              "install the app again and put its new bot token into slack.token",
	"token_expired":              "put a current bot token into slack.token, and switch token rotation off for the app",
	"channel_not_found":          "check the channel's name under slack.channels; a private channel is seen only once the app is invited: /invite @Dangol in it",
	"not_in_channel":             "invite the app: /invite @Dangol in the channel",
	"is_archived":                "unarchive the channel, or name another under slack.channels",
	"restricted_action":          "let the app post there: a workspace setting forbids it",
	"users_not_found":            "give the rep the e-mail address of their Slack account",
	"user_not_found":             "give the rep the e-mail address of their Slack account",
	"user_disabled":              "the rep's Slack account is deactivated: name another owner, or reactivate it",
	"no_such_subteam":            "slack.groups wants the handle of a user group (@sales-ops) or its id (S…)",
	"unknown_method":             "check slack.api_url",
	"external_channel_migrating": "wait: Slack is moving this channel",
}

// refusal makes the error for an answer that says "not ok".
func refusal(method string, s status) error {
	code := s.Error
	if code == "" {
		code = "undecodable"
	}
	class, known := classOf[code]
	switch {
	case code == "undecodable":
		class = notify.Ambiguous
	case !known:
		class = notify.Retry
	}
	detail := fmt.Errorf("refused by %s", method)
	if len(s.Metadata.Messages) > 0 {
		detail = fmt.Errorf("refused by %s: %s", method, strings.Join(s.Metadata.Messages, "; "))
	}
	e := &notify.SendError{Class: class, Code: code, Err: detail}
	if code == "missing_scope" {
		return hint.With(e, "add the scope %s to the app, reinstall it and use its new token", s.Needed)
	}
	if remedy := remedies[code]; remedy != "" {
		return hint.With(e, "%s", remedy)
	}
	return e
}

// slowed adds how long to wait to a refusal for too many calls.
func slowed(err error, header http.Header) error {
	var e *notify.SendError
	if errors.As(err, &e) && (e.Code == "ratelimited" || e.Code == "rate_limited") {
		e.After = seconds(header.Get("Retry-After"))
	}
	return err
}

// readable softens the error of a look-up: unless the token itself is bad,
// what may not be read must not stop what may be posted.
func readable(err error) error {
	var e *notify.SendError
	if !errors.As(err, &e) || e.Class == notify.Retry || e.Class == notify.Ambiguous || badToken[e.Code] {
		return err
	}
	e.Class = notify.Park
	return err
}

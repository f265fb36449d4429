package html

import (
	"encoding/json"
	"strings"
	"testing"
)

func drawnBlocks(t testing.TB, raw, text string) string {
	t.Helper()
	d := &drawing{users: someUsers}
	var b strings.Builder
	for _, p := range d.blocks(json.RawMessage(raw), text) {
		if err := layout.ExecuteTemplate(&b, "part", p); err != nil {
			t.Fatal(err)
		}
	}
	return strings.TrimSpace(b.String())
}

const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// Each kind of block, as Slack's own JSON has it.
func TestBlocks(t *testing.T) {
	for name, one := range map[string]struct{ raw, want string }{
		"header is no mark-up": {`[{"type":"header","text":{"type":"plain_text","text":"*Lost*: <b>Kim</b> & Co"}}]`,
			`<h4>*Lost*: &lt;b&gt;Kim&lt;/b&gt; &amp; Co</h4>`},
		"section": {`[{"type":"section","text":{"type":"mrkdwn","text":"Owner: *<@U1>*"}}]`,
			`<div class="text"><div class="run">Owner: <b><span class="mention">@Kang &lt;Chaewon&gt;</span></b></div></div>`},
		"section with fields": {`[{"type":"section","fields":[{"type":"mrkdwn","text":"*a*"},{"type":"plain_text","text":"*b*"}]}]`,
			`<div class="text"><div class="fields"><div class="run"><b>a</b></div><div class="run">*b*</div></div></div>`},
		"section with a button": {`[{"type":"section","text":{"type":"mrkdwn","text":"x"},"accessory":{"type":"button","text":{"type":"plain_text","text":"Go"}}}]`,
			`<div class="text"><div class="aside"><div class="actions"><span class="button ">Go</span></div>
</div><div class="run">x</div></div>`},
		"rich text": {`[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[
			{"type":"text","text":"Do:","style":{"bold":true}},{"type":"text","text":" <visit>\nnow "},
			{"type":"link","url":"https://x.y","text":"Details","style":{"italic":true}},{"type":"user","user_id":"U1"},
			{"type":"emoji","name":"tada","unicode":"1f389"},{"type":"broadcast","range":"here"},{"type":"channel","channel_id":"C1"},
			{"type":"usergroup","usergroup_id":"S1"},{"type":"color","value":"#fff"},{"type":"date","timestamp":1,"fallback":"1 Jan"}]}]}]`,
			`<div class="text"><div class="run"><b>Do:</b> &lt;visit&gt;
now <i><a href="https://x.y" rel="noreferrer">Details</a></i><span class="mention">@Kang &lt;Chaewon&gt;</span>🎉<span class="mention">@here</span><span class="mention">#C1</span><span class="mention">@S1</span>#fff1 Jan</div></div>`},
		"rich text lists": {`[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"ordered","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"one"}]}]},
			{"type":"rich_text_quote","elements":[{"type":"text","text":"q"}]},{"type":"rich_text_preformatted","elements":[{"type":"text","text":"p","style":{"code":true,"strike":true}}]}]}]`,
			`<div class="text"><div class="run"><ol><li>one</li></ol><blockquote>q</blockquote><pre><s><code>p</code></s></pre></div></div>`},
		"context": {`[{"type":"context","elements":[{"type":"mrkdwn","text":"_a_"},{"type":"image","image_url":"https://x/y.png","alt_text":"logo"}]}]`,
			`<div class="context"><div class="run"><i>a</i></div><div class="run">logo</div></div>`},
		"divider": {`[{"type":"divider"}]`, `<hr>`},
		"actions are drawn and do nothing": {`[{"type":"actions","elements":[{"type":"button","style":"primary","value":"v","url":"https://x","text":{"type":"plain_text","text":"I'm on it"}},
			{"type":"static_select","placeholder":{"type":"plain_text","text":"Snooze"}},{"type":"overflow","options":[{"text":{"type":"plain_text","text":"Not a loss"}}]},{"type":"datepicker"}]}]`,
			`<div class="actions"><span class="button primary">I&#39;m on it</span><span class="button ">Snooze <span aria-hidden="true">▾</span></span><span class="button ">Not a loss <span aria-hidden="true">▾</span></span><span class="button ">datepicker <span aria-hidden="true">▾</span></span></div>`},
		"an image elsewhere is its words": {`[{"type":"image","image_url":"https://x/y.png","alt_text":"12 months","title":{"type":"plain_text","text":"Orders"}}]`,
			`<figure><figcaption>Orders</figcaption><div class="words">🖼 12 months</div></figure>`},
		"an image in the page": {`[{"type":"image","image_url":"data:image/png;base64,` + onePixel + `","alt_text":"a \"dot\""}]`,
			`<figure><img src="data:image/png;base64,` + strings.ReplaceAll(onePixel, "+", "&#43;") + `" alt="a &#34;dot&#34;"></figure>`},
		"table": {`[{"type":"table","column_settings":[{},{"align":"right"}],"rows":[[{"type":"raw_text","text":"Rep"},{"type":"raw_text","text":"n"}],
			[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Lee","style":{"bold":true}}]}]},{"type":"raw_text","text":"3"}]]}]`,
			`<div class="scroll"><table><tr><th>Rep</th><th class="number">n</th></tr><tr><td><b>Lee</b></td><td class="number">3</td></tr></table></div>`},
		"an unknown kind shows its words": {`[{"type":"hologram","rows":[[{"text":"<deep>"}]],"title":{"text":"Top"},"action_id":"x"}]`,
			`<div class="unknown run">[hologram] &lt;deep&gt; · Top</div>`},
		"an unknown kind without words shows the message's": {`[{"type":"hologram"}]`, `<div class="unknown run">[hologram] fallback *text*</div>`},
		"a section without text":                            {`[{"type":"section"}]`, `<div class="unknown run">[section] fallback *text*</div>`},
		"members of another type":                           {`[{"type":7,"text":[1,{"text":"x"}]}]`, `<div class="unknown run">[block] x</div>`},
		"no blocks":                                         {`[]`, `<div class="text"><div class="run">fallback <b>text</b></div></div>`},
		"null":                                              {`null`, `<div class="text"><div class="run">fallback <b>text</b></div></div>`},
		"not JSON":                                          {`{`, `<div class="text"><div class="run">fallback <b>text</b></div></div>`},
	} {
		if got := drawnBlocks(t, one.raw, "fallback *text*"); got != one.want {
			t.Errorf("%s\n got %s\nwant %s", name, got, one.want)
		}
	}
}

// Only images of known kinds may stand in the page; anything else is words.
func TestHostileImages(t *testing.T) {
	for _, url := range []string{"data:text/html;base64,PHNjcmlwdD4=", "data:image/svg+xml;base64,PHN2Zz4=", "javascript:alert(1)", `data:image/png;base64,x" onerror="alert(1)`} {
		raw, _ := json.Marshal([]map[string]string{{"type": "image", "image_url": url, "alt_text": "words"}})
		if got := drawnBlocks(t, string(raw), ""); strings.Contains(got, "<img") || !strings.Contains(got, "words") {
			t.Errorf("%s: %s", url, got)
		}
	}
}

// A name with mark-up in it stays text in every block that can hold one.
func TestHostileNames(t *testing.T) {
	for _, name := range []string{"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "'; }</style><script>", "</div></body>", "{{.Policy}}", "\u202eevil"} {
		text := map[string]any{"type": "plain_text", "text": name}
		raw, _ := json.Marshal([]map[string]any{
			{"type": "header", "text": text}, {"type": "section", "text": text, "fields": []any{text}},
			{"type": "context", "elements": []any{text}}, {"type": "strange", "text": text},
			{"type": "actions", "elements": []any{map[string]any{"type": "button", "text": text}}},
			{"type": "image", "image_url": "https://x", "alt_text": name, "title": text},
			{"type": "table", "rows": [][]any{{text}}},
			{"type": "rich_text", "elements": []any{map[string]any{"type": "rich_text_section", "elements": []any{
				map[string]any{"type": "text", "text": name}, map[string]any{"type": "link", "url": "https://x.y/" + name, "text": name}}}}},
		})
		got := drawnBlocks(t, string(raw), name)
		for _, evil := range []string{"<script", "<img", "</style", "</body", "\u202e", "onerror=alert(1)>"} {
			if strings.Contains(got, evil) {
				t.Errorf("%q lets %s through: %s", name, evil, got)
			}
		}
		if !strings.Contains(got, "alert") && !strings.Contains(got, "style") && !strings.Contains(got, "body") && !strings.Contains(got, "Policy") && !strings.Contains(got, "evil") {
			t.Errorf("%q is lost: %s", name, got)
		}
	}
}

// FuzzBlocks: any JSON is drawn.
func FuzzBlocks(f *testing.F) {
	for _, raw := range []string{`[{"type":"header","text":{"type":"plain_text","text":"a"}}]`, `[{"type":"table","rows":[[{}]]}]`, `[null,{}]`,
		`[{"type":"rich_text","elements":[{"type":"rich_text_list","elements":[{"type":"rich_text_section"}]}]}]`, `[{"type":"section","accessory":{"type":"image"}}]`} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if got := drawnBlocks(t, raw, "the text"); got == "" {
			t.Errorf("%s vanishes", raw)
		}
	})
}

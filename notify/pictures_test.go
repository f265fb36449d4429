package notify_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dangol/internal/finding"
	"dangol/internal/sales"
	"dangol/notify"
	"dangol/notify/chart"
	"dangol/notify/html"
	"dangol/notify/slack"
)

// pictures draws every kind of message anew, as a phone shows it:
// go test ./notify -run Pictures -pictures. It needs Chromium and a Hangul font
// (.ci/install). Look at what it draws.
var pictures = flag.Bool("pictures", false, "draw docs/pictures/messages anew")

const (
	phone = 380 // width of a phone in points
	album = "../docs/pictures/messages"
	// mostPosts and mostReplies are how much of a scene a picture shows.
	mostPosts, mostReplies = 3, 3
)

// TestPictures: each kind of message has a picture in both languages, as wide as a
// phone, and all of them together stay small.
func TestPictures(t *testing.T) {
	total := int64(0)
	for _, locale := range []string{"en", "ko"} {
		for _, name := range slices.Sorted(maps.Keys(scenes)) {
			path := filepath.Join(album, name+"-"+locale+".png")
			if *pictures {
				draw(t, path, locale, scenes[name])
			}
			file, err := os.Open(path)
			if err != nil {
				t.Errorf("%v: go test ./notify -run Pictures -pictures draws it", err)
				continue
			}
			info, statErr := file.Stat()
			shape, decodeErr := png.DecodeConfig(file)
			file.Close()
			if statErr != nil || decodeErr != nil || shape.Width != phone {
				t.Errorf("%s: %v %v, %d wide; want %d", path, statErr, decodeErr, shape.Width, phone)
				continue
			}
			total += info.Size()
		}
	}
	if total > 1_500_000 {
		t.Errorf("the pictures take %d bytes; want 1.5 MB at most", total)
	}
}

// met are names as they are met, English and Korean, in the place of those that the
// tests can tell apart.
var met = map[string][2]string{"Kim Foods": {"Kim Foods", "한강식품"}, "Kim": {"Kim Foods", "한강식품"}, "Yeast": {"Yeast 500g", "생이스트 500g"},
	"Oil": {"Olive oil 5L", "올리브유 5L"}, "cafés": {"cafés", "카페"}, "Mover": {"Namsan Hotel", "남산호텔"}, "Chance": {"Seoul Diner", "서울식당"},
	"senior": {"senior", "대리"}, "Gone": {"Palace Diner", "경복식당"}, "Less": {"Riverside Grill", "강변숯불구이"}, "Alone": {"Jeju Kitchen", "제주키친"},
	"Won": {"Bundang Bakery", "분당베이커리"}, "Back": {"Seongsu Roasters", "성수로스터스"}, "Lead L": {"Yoon Woojin", "윤우진"},
	"Seller": {"Kwon Junho", "권준호"}, "Seller001": {"Oh Seoyeon", "오서연"}, "Seller002": {"Kang Chaewon", "강채원"}, "Customer ": {"Lakeside Hotel", "호수호텔"}}

// metName is the name in the place of one of the tests', which may end in a number.
func metName(name, locale string) string {
	pair, ok := met[name]
	if !ok {
		pair, ok = met[strings.TrimRight(name, "0123456789")]
	}
	switch {
	case !ok:
		return name
	case locale == "ko":
		return pair[1]
	}
	return pair[0]
}

// likeLife gives a picture a year of orders, and amounts and names as they are met.
func likeLife(locale string) func(string, reflect.Value) {
	return func(place string, v reflect.Value) {
		switch value := v.Interface().(type) {
		case sales.Money:
			if value > -100_000*won && value < 100_000*won {
				v.SetInt(int64(value) * 12_000)
			}
		case finding.Course:
			v.Set(reflect.ValueOf(yearOf()))
		case string:
			if slices.Contains(foreignPlaces, place) {
				v.SetString(metName(value, locale))
			}
		}
	}
}

// yearOf is a customer that bought every twelve days until the middle of October.
func yearOf() finding.Course {
	course := finding.Course{Low: 2_600_000 * won, High: 3_500_000 * won}
	for i, days := range []int{2, 3, 2, 3, 3, 2, 3, 2, 3, 2, 1, 0} {
		start := sales.NewDate(2025, time.December, 1).AddMonths(i)
		course.Months = append(course.Months, finding.Month{Start: start, Days: days, Net: sales.Money(days) * (1_250_000 + sales.Money(i*i%7)*40_000) * won})
	}
	return course
}

// draw writes the picture of a scene.
func draw(t *testing.T, path, locale string, play func(*studio) []notify.Message) {
	t.Helper()
	s := newStudio(t, locale, strain{"picture", likeLife(locale), 2})
	if locale == "ko" {
		s.night.Reps[3].Name, s.night.Reps[4].Name = "김서연", "박도윤"
	}
	messages := play(s)
	messages = slices.Concat(s.all, slices.DeleteFunc(slices.Clone(messages), func(m notify.Message) bool {
		return slices.ContainsFunc(s.all, func(other notify.Message) bool { return other.ID == m.ID })
	}))
	var page bytes.Buffer
	if err := html.Write(&page, s.page(messages)); err != nil {
		t.Fatal(err)
	}
	bare := bareOf(page.String())
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(bare), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, small(t, shoot(t, file)), 0o644); err != nil {
		t.Fatal(err)
	}
}

var meta = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)

// bareOf is the page with its messages alone. The page's policy allows no other
// style than its own, so it goes, too.
func bareOf(page string) string {
	page = meta.ReplaceAllString(page, "")
	return strings.Replace(page, "</style>", "nav, header, footer, h3 { display: none !important } body { padding: 0 !important } .workspace { margin: 0 !important } </style>", 1)
}

// page holds the first messages, as Slack would get them.
func (s *studio) page(messages []notify.Message) html.Page {
	say := s.composer.Wording
	resolved := notify.Resolved{Users: map[string]string{}, Links: map[string]string{}, Pictures: map[*chart.Chart]string{}}
	page := html.Page{Locale: say.Locale(), Users: map[string]string{}, Words: html.Words{
		App: say.Text("page_app"), Direct: say.Text("page_direct"), Reply: say.Text("page_orphan_reply"), Update: say.Text("page_orphan_update"),
		Messages: func(n int) string { return say.Text("page_messages", "n", n) },
		Replies:  func(n int) string { return say.Text("page_replies", "n", n) },
		Edited:   func(day string, n int) string { return say.Text("page_edited", "date", day, "n", n) },
	}}
	names := map[string]string{}
	shown := map[string]bool{}
	for i, rep := range s.night.Reps {
		id := fmt.Sprintf("U%d", i)
		resolved.Users[rep.ID], page.Users[id], names[rep.ID] = id, rep.Name, rep.Name
	}
	posts, replies := 0, map[string]int{}
	for _, m := range messages {
		switch m.Op {
		case notify.Post:
			if posts == mostPosts || m.To.Rep == "H" { // a head reads what leads read
				continue
			}
			posts++
			shown[m.ID], resolved.Links[m.ID] = true, html.Permalink(m.ID)
		default:
			if replies[m.Target]++; replies[m.Target] > mostReplies || !shown[m.Target] && posts > 0 {
				continue
			}
		}
		page.Sent = append(page.Sent, s.sent(m, resolved, names))
	}
	return page
}

func (s *studio) sent(m notify.Message, resolved notify.Resolved, names map[string]string) html.Sent {
	for _, block := range m.Blocks {
		if block.Chart == nil {
			continue
		}
		if drawn, err := chart.PNG(*block.Chart); err == nil {
			resolved.Pictures[block.Chart] = "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawn)
		}
	}
	one := html.Sent{ID: m.ID, Op: m.Op, Target: m.Target, Day: s.composer.Wording.Day(s.night.AsOf), Text: slack.Text(m), Place: "#sales-" + m.To.Channel, Direct: m.To.Rep != ""}
	if one.Direct {
		one.Place = metName("Lead L00", s.composer.Wording.Locale())
		if name := names[m.To.Rep]; name != "" {
			one.Place = name
		}
	}
	one.Blocks, _ = json.Marshal(slack.Draw(m, resolved, func(n int) string { return s.composer.Wording.Text("more_lines", "n", n) }))
	return one
}

// shoot is a screenshot of a file, as wide as a phone.
func shoot(t *testing.T, file string) image.Image {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	out := filepath.Join(t.TempDir(), "shot.png")
	command := exec.CommandContext(ctx, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
		"--disable-background-networking", "--user-data-dir="+t.TempDir(), fmt.Sprintf("--window-size=%d,3200", phone), "--screenshot="+out, "file://"+file)
	if text, err := command.CombinedOutput(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, text)
	}
	shot, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer shot.Close()
	picture, err := png.Decode(shot)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// small is the picture without the empty space at its end, in few colours.
func small(t *testing.T, picture image.Image) []byte {
	t.Helper()
	bounds := picture.Bounds()
	last := bounds.Max.Y - 1
	for ; last > bounds.Min.Y; last-- {
		if first := picture.At(bounds.Min.X, last); slices.ContainsFunc(rowOf(picture, last), func(c color.Color) bool { return c != first }) {
			break
		}
	}
	area := image.Rect(bounds.Min.X, bounds.Min.Y, bounds.Max.X, min(last+12, bounds.Max.Y))
	flat := image.NewPaletted(area, commonest(picture, area, 20))
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			flat.Set(x, y, picture.At(x, y))
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, flat); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func rowOf(picture image.Image, y int) []color.Color {
	row := make([]color.Color, 0, picture.Bounds().Dx())
	for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
		row = append(row, picture.At(x, y))
	}
	return row
}

// commonest are the colours that a picture holds most of.
func commonest(picture image.Image, area image.Rectangle, most int) color.Palette {
	count := map[color.Color]int{}
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for _, c := range rowOf(picture, y) {
			count[c]++
		}
	}
	all := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return count[b] - count[a] })
	return all[:min(most, len(all))]
}

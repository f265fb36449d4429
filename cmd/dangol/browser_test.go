package main

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// browser is the path of Chromium. Where there is none the test is skipped, but
// not where CI is set: there it belongs to the suite.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no chromium in PATH, and CI is set: install the package chromium")
	}
	t.Skip("no chromium in PATH: the page is not looked at; install the package chromium")
	return ""
}

// browse runs headless Chromium with a new profile and returns what it prints.
func browse(t *testing.T, path string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	profile, err := os.MkdirTemp("", "dangol-browser-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(profile)
	args = append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--user-data-dir=" + profile}, args...)
	out, err := exec.CommandContext(ctx, path, args...).Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	return string(out)
}

// shot is a screenshot of an address.
func shot(t *testing.T, path, address string, width, height int, args ...string) image.Image {
	t.Helper()
	file := filepath.Join(t.TempDir(), "shot.png")
	browse(t, path, append(args, fmt.Sprintf("--window-size=%d,%d", width, height), "--screenshot="+file, address)...)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// measured is what a page looks like in a frame of a width.
type measured struct {
	Width     int      // of the frame
	Scroll    int      // what the page needs
	Beyond    []string // elements that stick out, apart from what scrolls by itself
	Articles  int
	Replies   int
	Histories int
	Mentions  int
	Links     int      // to places on the page
	Dangling  []string // links to what is not there
	Painted   bool     // the style is applied
	Lang      string
}

// outer loads the page at / in a frame for each width and writes down, in its
// own document, what it sees. The page itself runs no script.
const outer = `<!DOCTYPE html><pre id="measured"></pre>
<iframe src="/" width="380" height="900" style="border:0"></iframe>
<iframe src="/" width="1200" height="900" style="border:0"></iframe>
<script>
addEventListener("load", () => {
  const all = [...document.querySelectorAll("iframe")].map(frame => {
    const d = frame.contentDocument, width = frame.clientWidth, find = s => [...d.querySelectorAll(s)];
    const links = find('a[href^="#"]').map(a => a.getAttribute("href").slice(1));
    return {
      Width: width, Scroll: d.documentElement.scrollWidth,
      Beyond: find("body *").filter(e => !e.closest(".scroll") && e.getBoundingClientRect().right > width + 1).map(e => e.outerHTML.slice(0, 80)),
      Articles: find("article").length, Replies: find(".reply").length, Histories: find("article details").length, Mentions: find(".mention").length,
      Links: links.length, Dangling: links.filter(id => !d.getElementById(id)),
      Painted: getComputedStyle(d.querySelector("nav")).backgroundColor != "rgba(0, 0, 0, 0)", Lang: d.documentElement.lang,
    };
  });
  document.getElementById("measured").textContent = JSON.stringify(all);
});
</script>`

var measurement = regexp.MustCompile(`(?s)<pre id="measured">(.*?)</pre>`)

// exhibit serves a page as --serve does, and the page that measures it.
func exhibit(t *testing.T, page []byte) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/", pageHandler(page))
	mux.HandleFunc("/outer", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, outer)
	})
	mux.HandleFunc("/phone", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!DOCTYPE html><body style="margin:0"><iframe src="/" style="width:380px;height:1500px;border:0"></iframe>`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func measure(t *testing.T, path, address string) []measured {
	t.Helper()
	dom := browse(t, path, "--dump-dom", address+"/outer")
	found := measurement.FindStringSubmatch(dom)
	if found == nil {
		t.Fatalf("nothing measured:\n%s", dom)
	}
	var all []measured
	if err := json.Unmarshal([]byte(html.UnescapeString(found[1])), &all); err != nil {
		t.Fatalf("%v:\n%s", err, found[1])
	}
	return all
}

// checkShot wants a picture with something on it.
func checkShot(t *testing.T, picture image.Image, width, height int) {
	t.Helper()
	if size := picture.Bounds().Size(); size.X != width || size.Y != height {
		t.Errorf("%v; want %d × %d", size, width, height)
	}
	colours := map[color.Color]int{}
	for y := 0; y < height; y += 2 {
		for x := 0; x < width; x += 2 {
			colours[picture.At(x, y)]++
		}
	}
	most := 0
	for _, n := range colours {
		most = max(most, n)
	}
	if total := (width / 2) * (height / 2); len(colours) < 50 || most > total*9/10 {
		t.Errorf("%d colours, one of them on %d of %d points: hardly anything is drawn", len(colours), most, total)
	}
}

// brightness is that of the page's ground, between 0 and 0xffff.
func brightness(picture image.Image) int {
	return int(color.Gray16Model.Convert(picture.At(2, 2)).(color.Gray16).Y)
}

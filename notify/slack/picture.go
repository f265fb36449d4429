package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	slackgo "github.com/slack-go/slack"

	"dangol/notify"
)

const (
	maxAlt   = 2000 // of an image's words
	fileName = "chart.png"
)

// Illustrate uploads a picture and returns its file id, for an image block. Nobody
// sees it before a message shows it: doing it again is harmless.
func (c *Client) Illustrate(ctx context.Context, png []byte, alt string) (string, error) {
	var place struct {
		URL string `json:"upload_url"`
		ID  string `json:"file_id"`
	}
	form := url.Values{"filename": {fileName}, "length": {strconv.Itoa(len(png))}, "alt_txt": {cut(clean(alt), 1000)}}
	if err := c.read(ctx, "files.getUploadURLExternal", form, &place); err != nil {
		return "", err
	}
	if err := c.upload(ctx, place.URL, png); err != nil {
		return "", err
	}
	files, err := json.Marshal([]map[string]string{{"id": place.ID, "title": fileName}})
	if err != nil {
		return "", err
	}
	var done struct {
		Files []struct {
			ID string `json:"id"`
		} `json:"files"`
	}
	if err := c.read(ctx, "files.completeUploadExternal", url.Values{"files": {string(files)}}, &done); err != nil {
		return "", err
	}
	return place.ID, nil
}

// upload sends the bytes where Slack wants them, and nowhere else.
func (c *Client) upload(ctx context.Context, address string, png []byte) error {
	if !c.mayAnswer(address) {
		return &notify.SendError{Class: notify.Park, Code: "foreign_upload_url"}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(png))
	if err != nil {
		return &notify.SendError{Class: notify.Park, Code: "no_upload_url"}
	}
	request.Header.Set("Content-Type", "image/png")
	response, err := c.wire.http.Do(request)
	if err != nil {
		return &notify.SendError{Class: notify.Retry, Code: "no_upload", Err: bare(err)}
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16))
	if response.StatusCode != http.StatusOK {
		err = errors.Join(err, fmt.Errorf("the upload: %s", response.Status))
	}
	if err != nil {
		return &notify.SendError{Class: notify.Retry, Code: "no_upload", Err: err}
	}
	return nil
}

// image shows a picture that was uploaded; without one, only its figures as text
// stand there.
func image(b notify.Block, r notify.Resolved) slackgo.Block {
	file := r.Pictures[b.Chart]
	if b.Chart == nil || file == "" {
		return nil
	}
	if strings.HasPrefix(file, "data:") { // drawn on a page, not in Slack
		return slackgo.NewImageBlock(file, cut(clean(b.Chart.Alt), maxAlt), "", nil)
	}
	return slackgo.NewImageBlockSlackFile(&slackgo.SlackFileObject{ID: file}, cut(clean(b.Chart.Alt), maxAlt), "", nil)
}

func validateImage(b *slackgo.ImageBlock) error {
	given := 0
	if b.ImageURL != "" {
		given++
	}
	if b.SlackFile != nil && b.SlackFile.ID != "" {
		given++
	}
	if given != 1 {
		return errors.New("neither an address nor a file, or both")
	}
	return length(b.AltText, maxAlt)
}

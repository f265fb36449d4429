package fakeslack

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// File is an uploaded picture.
type File struct {
	ID     string
	Name   string
	Alt    string
	Bytes  []byte
	Usable bool // the upload was completed

	length int
}

// Files are the pictures that were uploaded, complete or not.
func (s *Server) Files() []File {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.files)
}

func (s *Server) uploadURL(args map[string]string) reply {
	n, err := strconv.Atoi(args["length"])
	if err != nil || n <= 0 || args["filename"] == "" || len([]rune(args["alt_txt"])) > 1000 {
		return refuse("invalid_arguments")
	}
	f := File{ID: "F" + rand.Text()[:10], Name: args["filename"], Alt: args["alt_txt"], length: n}
	s.files = append(s.files, f)
	return reply{"upload_url": s.address + "upload/" + f.ID, "file_id": f.ID}
}

// receive takes the bytes of a file.
func (s *Server) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.file(strings.TrimPrefix(r.URL.Path, "/upload/"))
	if err != nil || i < 0 || len(body) != s.files[i].length {
		http.Error(w, "bad upload", http.StatusBadRequest)
		return
	}
	s.files[i].Bytes = body
	fmt.Fprintf(w, "OK - %d", len(body))
}

func (s *Server) file(id string) int {
	return slices.IndexFunc(s.files, func(f File) bool { return f.ID == id })
}

func (s *Server) completeUpload(args map[string]string) reply {
	var list []struct {
		ID string `json:"id"`
	}
	if json.Unmarshal([]byte(args["files"]), &list) != nil || len(list) == 0 {
		return refuse("invalid_arguments")
	}
	done := []reply{}
	for _, one := range list {
		i := s.file(one.ID)
		if i < 0 || s.files[i].Bytes == nil {
			return refuse("file_not_found")
		}
		if _, err := png.Decode(bytes.NewReader(s.files[i].Bytes)); err != nil {
			return refuse("invalid_arguments")
		}
		s.files[i].Usable = true
		done = append(done, reply{"id": one.ID, "title": s.files[i].Name})
	}
	return reply{"files": done}
}

// usable reports whether every file that blocks show was uploaded.
func (s *Server) usable(args map[string]string) bool {
	blocks, _ := parseBlocks(args["blocks"])
	for _, block := range blocks {
		file, _ := block["slack_file"].(map[string]any)
		if block.str("type") != "image" || file == nil {
			continue
		}
		if i := s.file(node(file).str("id")); i < 0 || !s.files[i].Usable {
			return false
		}
	}
	return true
}

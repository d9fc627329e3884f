package reviewtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Comment is a review comment as the API takes it.
type Comment struct {
	Path        string `json:"path"`
	Body        string `json:"body"`
	Side        string `json:"side"`
	StartSide   string `json:"start_side"`
	Line        int    `json:"line"`
	StartLine   int    `json:"start_line"`
	SubjectType string `json:"subject_type"`
}

func (c Comment) first() int {
	if c.StartLine > 0 {
		return c.StartLine
	}
	return c.Line
}

// Review has reviewdog review the pull request with a SARIF log, and is what it
// posted. A comment that GitHub would not take fails the test, as do comments
// that reviewdog only mentions because they are too many for one review.
func (p *PullRequest) Review(t testing.TB, reviewdog string, log []byte) []Comment {
	t.Helper()
	var posted []Comment
	take := func(w http.ResponseWriter, comments ...Comment) {
		for _, c := range comments {
			if err := p.shows(c); err != nil {
				t.Error(err)
				http.Error(w, `{"message": "Unprocessable Entity"}`, http.StatusUnprocessableEntity)
				return
			}
		}
		posted = append(posted, comments...)
		fmt.Fprint(w, "{}")
	}
	api := http.NewServeMux()
	api.HandleFunc("GET /repos/o/r", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"html_url": "https://example.com/o/r"}`)
	})
	api.HandleFunc("GET /repos/o/r/pulls/1", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, p.diff) })
	api.HandleFunc("GET /repos/o/r/pulls/1/comments", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "[]") })
	api.HandleFunc("POST /repos/o/r/pulls/1/reviews", func(w http.ResponseWriter, r *http.Request) {
		var review struct {
			Body     string    `json:"body"`
			Comments []Comment `json:"comments"`
		}
		if err := json.NewDecoder(r.Body).Decode(&review); err != nil || review.Body != "" {
			t.Errorf("a review with the text %q (%v)", review.Body, err)
		}
		take(w, review.Comments...)
	})
	api.HandleFunc("POST /repos/o/r/pulls/1/comments", func(w http.ResponseWriter, r *http.Request) {
		var c Comment
		if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
			t.Error(err)
		}
		take(w, c)
	})
	api.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s is not part of the stand-in", r.Method, r.URL)
		http.NotFound(w, r)
	})
	server := httptest.NewServer(api)
	defer server.Close()

	cmd := exec.Command(reviewdog, "-name=iamvet", "-f=sarif", "-reporter=github-pr-review", "-filter-mode=added")
	cmd.Dir = p.Dir
	cmd.Stdin = bytes.NewReader(log)
	// The whole environment: what runs the tests may itself be a pull request.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.Dir, "GIT_CONFIG_NOSYSTEM=1", "GITHUB_API=" + server.URL + "/", "REVIEWDOG_GITHUB_API_TOKEN=none",
		"CI_REPO_OWNER=o", "CI_REPO_NAME=r", "CI_PULL_REQUEST=1", "CI_COMMIT=" + p.commit}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("reviewdog: %v\n%s", err, out)
	}
	return posted
}

var (
	suggestion = regexp.MustCompile("(?ms)^(`{3,})suggestion\r?\n(.*?)^(`{3,})\r?$")
	metadata   = regexp.MustCompile(`(?m)^<!-- __reviewdog__:.* -->\n`)
	revision   = regexp.MustCompile(`/blob/[0-9a-f]{40,}/`)
)

// Text is the comment without what reviewdog writes for itself, and without the
// name of the commit.
func (c Comment) Text() string {
	return revision.ReplaceAllString(metadata.ReplaceAllString(c.Body, ""), "/blob/HEAD/")
}

// Suggestions are the lines that a comment suggests in place of its own. An
// error is a comment in which reviewdog excuses itself for one that it could
// not make.
func (c Comment) Suggestions() ([]string, error) {
	if strings.Contains(c.Body, "suggestion error") {
		return nil, fmt.Errorf("%s:%d: %s", c.Path, c.Line, c.Text())
	}
	var out []string
	for _, m := range suggestion.FindAllStringSubmatch(c.Body, -1) {
		if m[1] != m[3] {
			return nil, fmt.Errorf("%s:%d: a fence ends otherwise than it began: %s", c.Path, c.Line, c.Text())
		}
		out = append(out, m[2])
	}
	return out, nil
}

// Commit is the files with the suggestions of comments committed, in one batch: the
// lines of each comment are replaced, and all others stay. Comments that suggest
// nothing are passed over; two that suggest something for one line are an error,
// and so is one that suggests two things.
//
// Carriage returns are those of the file: reviewdog drops them from the lines that
// it knows from the diff.
func (p *PullRequest) Commit(comments ...Comment) (map[string][]byte, error) {
	files := map[string][]string{}
	endings := map[string]string{}
	taken := map[string]bool{}
	for _, c := range comments {
		suggestions, err := c.Suggestions()
		if err != nil {
			return nil, err
		}
		if len(suggestions) == 0 {
			continue
		}
		if files[c.Path] == nil {
			b, err := os.ReadFile(filepath.Join(p.Dir, filepath.FromSlash(c.Path)))
			if err != nil {
				return nil, err
			}
			files[c.Path], endings[c.Path] = strings.SplitAfter(string(b), "\n"), "\n"
			if bytes.Contains(b, []byte("\r\n")) {
				endings[c.Path] = "\r\n"
			}
		}
		lines := files[c.Path]
		if len(suggestions) > 1 || c.Line > len(lines) {
			return nil, fmt.Errorf("%s:%d: %d suggestions for a file of %d lines", c.Path, c.Line, len(suggestions), len(lines))
		}
		text := strings.ReplaceAll(strings.ReplaceAll(suggestions[0], "\r", ""), "\n", endings[c.Path])
		if !strings.HasSuffix(lines[c.Line-1], "\n") { // the last line of the file has no ending
			text = strings.TrimSuffix(text, endings[c.Path])
		}
		for line := c.first(); line <= c.Line; line++ {
			at := fmt.Sprintf("%s:%d", c.Path, line)
			if taken[at] {
				return nil, fmt.Errorf("%s: two suggestions", at)
			}
			taken[at] = true
			lines[line-1] = ""
		}
		lines[c.first()-1] = text
	}
	out := map[string][]byte{}
	for path, lines := range files {
		out[path] = []byte(strings.Join(lines, ""))
	}
	return out, nil
}

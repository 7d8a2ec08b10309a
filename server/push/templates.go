package push

import "encoding/json"

// Template is all that a lock screen may show of a kind of notice (N9): no name, no unit, no case, no kind of case.
type Template struct {
	Title   string
	Body    string
	Path    string // page of the app that a click opens
	Urgency string // RFC 8030
}

// templates are all there are, by kind of notice.
var templates = map[string]Template{
	"reminder": {"娘家", "有工作快到期了，点开看一看。", "/inbox", "normal"},
	"message":  {"娘家", "上级给您发来一条通知，点开看一看。", "/inbox", "normal"},
	"urgent":   {"娘家", "有一件急事等您处理，请马上点开。", "/inbox", "high"},
	"raised":   {"娘家", "有一件急事还没有人处理，请马上点开。", "/inbox", "high"},
}

// Templates gives them all, for whoever holds them to the rule.
func Templates() map[string]Template {
	out := make(map[string]Template, len(templates))
	for kind, t := range templates {
		out[kind] = t
	}
	return out
}

// message is what a browser is sent. A tag names the notice: shown twice it is shown once.
type message struct {
	Kind  string `json:"kind"`
	Tag   string `json:"tag"`
	Path  string `json:"path"`
	Title string `json:"title"`
	Body  string `json:"body"`
}

func payload(p Parcel, t Template) ([]byte, error) {
	return json.Marshal(message{Kind: p.Kind, Tag: p.Notice, Path: t.Path, Title: t.Title, Body: t.Body})
}

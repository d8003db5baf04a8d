package emulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (e *Emulator) listMembers(r *http.Request) (reply, error) {
	members, err := e.members(r)
	if err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusOK, body: members}, nil
}

// getMember finds a member by user id or by object id.
func (e *Emulator) getMember(r *http.Request) (reply, error) {
	members, err := e.members(r)
	if err != nil {
		return reply{}, err
	}
	id := r.PathValue("member")
	i := slices.IndexFunc(members, func(m member) bool { return m.ID == id || m.ObjectID == id })
	if i < 0 {
		return reply{}, refusal(http.StatusNotFound, "MemberNotFoundInConversation", "The member was not found.")
	}
	return reply{status: http.StatusOK, body: members[i]}, nil
}

// pageMembers returns members from continuationToken on, which is a number here and opaque to
// callers. Teams' pages have 50 to 500 members; another pageSize is taken as 200.
func (e *Emulator) pageMembers(r *http.Request) (reply, error) {
	members, err := e.members(r)
	if err != nil {
		return reply{}, err
	}
	size, err := strconv.Atoi(r.FormValue("pageSize"))
	if err != nil || size < 50 || size > 500 {
		size = 200
	}
	from := 0
	if token := r.FormValue("continuationToken"); token != "" {
		from, err = strconv.Atoi(token)
		if err != nil || from < 0 || from > len(members) {
			return reply{}, badArgument("continuationToken is not one of ours")
		}
	}
	page := map[string]any{"members": members[from:min(from+size, len(members))]}
	if from+size < len(members) {
		page["continuationToken"] = strconv.Itoa(from + size)
	}
	return reply{status: http.StatusOK, body: page}, nil
}

// member is a person as the connector lists them.
type member struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	GivenName string `json:"givenName"`
	Surname   string `json:"surname"`
	ObjectID  string `json:"aadObjectId"`
	TenantID  string `json:"tenantId"`
	UserRole  string `json:"userRole"`
}

func (e *Emulator) members(r *http.Request) ([]member, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c, ok := e.lookup(r.PathValue("conversation"))
	if !ok || c.gone {
		return nil, conversationNotFound()
	}
	if err := e.admit(&c.reads); err != nil {
		return nil, err
	}
	members := make([]member, 0, len(c.members))
	for _, p := range c.members {
		given, surname, _ := strings.Cut(p.Name, " ")
		members = append(members, member{
			ID: p.UserID, Name: p.Name, GivenName: given, Surname: surname,
			ObjectID: p.ObjectID, TenantID: e.cfg.TenantID, UserRole: "user",
		})
	}
	return members, nil
}

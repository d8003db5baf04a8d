package standin

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Permissions are all that the calls here ask for, the least that Graph's documentation names
// for each.
func Permissions() []string {
	return []string{
		"User.Read.All", "GroupMember.Read.All", "Application.Read.All", "Directory.Read.All", "MailboxSettings.Read",
		"AppCatalog.Read.All", "TeamsAppInstallation.ReadWriteSelfForUser.All",
	}
}

// What the permissions of each kind of call are; any one of them will do. Source: the page of
// each call in "Microsoft Graph REST API v1.0 reference".
var (
	readPeople      = []string{"User.Read.All", "Directory.Read.All"}
	readMembers     = []string{"GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"}
	readApps        = []string{"Application.Read.All", "Directory.Read.All"}
	readAssignments = []string{"Directory.Read.All", "AppRoleAssignment.ReadWrite.All"}
	readMailbox     = []string{"MailboxSettings.Read", "MailboxSettings.ReadWrite"}
	readCatalog     = []string{"AppCatalog.Read.All", "AppCatalog.ReadWrite.All"}
	install         = []string{"TeamsAppInstallation.ReadWriteSelfForUser.All", "TeamsAppInstallation.ReadWriteForUser.All"}
)

// route is a call that Graph takes, with what it is asked of.
type route struct {
	method string
	path   *regexp.Regexp // below the version
	serve  func(s *Server, r *http.Request, args []string) (reply, error)
}

var routes = []route{
	{http.MethodGet, regexp.MustCompile(`^groups/([^/]+)/(members|transitiveMembers)/microsoft\.graph\.user$`), (*Server).listMembers},
	{http.MethodGet, regexp.MustCompile(`^servicePrincipals\(appId='([^/']+)'\)$`), (*Server).getService},
	{http.MethodGet, regexp.MustCompile(`^servicePrincipals/([^/]+)/appRoleAssignedTo$`), (*Server).listAssignedTo},
	{http.MethodGet, regexp.MustCompile(`^users/([^/]+)$`), (*Server).getUser},
	{http.MethodGet, regexp.MustCompile(`^users/([^/]+)/manager$`), (*Server).getManager},
	{http.MethodPost, regexp.MustCompile(`^users/([^/]+)/checkMemberGroups$`), (*Server).checkMemberGroups},
	{http.MethodGet, regexp.MustCompile(`^users/([^/]+)/appRoleAssignments$`), (*Server).listAssignments},
	{http.MethodGet, regexp.MustCompile(`^users/([^/]+)/mailboxSettings/automaticRepliesSetting$`), (*Server).getAutoReply},
	{http.MethodPost, regexp.MustCompile(`^users/([^/]+)/teamwork/installedApps$`), (*Server).installApp},
	{http.MethodGet, regexp.MustCompile(`^appCatalogs/teamsApps$`), (*Server).listApps},
}

// graph serves a call of the version 1.0.
func (s *Server) graph(r *http.Request) (reply, error) {
	if err := s.authorized(r); err != nil {
		return reply{}, err
	}
	path := strings.TrimPrefix(r.URL.Path, "/v1.0/")
	for _, route := range routes {
		args := route.path.FindStringSubmatch(path)
		if args == nil {
			continue
		}
		if r.Method != route.method {
			return reply{}, graphError(http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
		}
		if _, twice := repeated(r.URL.Query()); twice {
			return reply{}, badRequest("Query option was specified more than once.")
		}
		return route.serve(s, r, args[1:])
	}
	return reply{}, badRequest("Resource not found for the segment.")
}

// granted refuses a call for which an admin has not consented to any of the permissions.
func (s *Server) granted(some []string, code string) error {
	if s.has(some) {
		return nil
	}
	return graphError(http.StatusForbidden, code, "Insufficient privileges to complete the operation.")
}

func (s *Server) has(some []string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(some, func(p string) bool { return slices.Contains(s.permissions, p) })
}

const denied = "Authorization_RequestDenied"

// advanced refuses a type cast without the header and the count that it takes. Source: "List
// group transitive members".
func advanced(r *http.Request) error {
	if r.Header.Get("ConsistencyLevel") == "eventual" && r.URL.Query().Get("$count") == "true" {
		return nil
	}
	return graphError(http.StatusBadRequest, "Request_UnsupportedQuery", "The specified cast is only allowed with ConsistencyLevel and $count.")
}

// listMembers lists people by id. An app that may not read people gets their ids only.
func (s *Server) listMembers(r *http.Request, args []string) (reply, error) {
	if err := s.granted(readMembers, denied); err != nil {
		return reply{}, err
	}
	if err := advanced(r); err != nil {
		return reply{}, err
	}
	limited := !s.has(readPeople)
	s.mu.Lock()
	if _, ok := s.group(args[0]); !ok {
		s.mu.Unlock()
		return reply{}, noResource(args[0])
	}
	var all []any
	for _, p := range s.people {
		in := slices.ContainsFunc(p.Groups, func(id string) bool { return strings.EqualFold(id, args[0]) })
		if in || args[1] == "transitiveMembers" && s.within(p.Groups, args[0]) {
			all = append(all, person(p, r.URL.Query().Get("$select"), limited))
		}
	}
	s.mu.Unlock()
	return s.page(r, all)
}

// person is somebody as Graph shows him: without a selection, neither the department nor
// whether the account is enabled.
func person(p Person, selected string, limited bool) map[string]any {
	all := map[string]any{
		"id": p.ObjectID, "displayName": p.Name, "jobTitle": p.Title, "department": orNull(p.Department), "accountEnabled": !p.Disabled,
	}
	wanted := strings.Split(selected, ",")
	if selected == "" {
		wanted = []string{"id", "displayName", "jobTitle"}
	}
	shown := map[string]any{}
	for _, name := range wanted {
		if shown[name] = all[name]; limited && name != "id" {
			shown[name] = nil
		}
	}
	return shown
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func roleID(value string) string { return idOf("app role", value) }

func (s *Server) serviceID() string { return idOf("service principal", s.cfg.ClientID) }

func (s *Server) getService(_ *http.Request, args []string) (reply, error) {
	if err := s.granted(readApps, denied); err != nil {
		return reply{}, err
	}
	if !strings.EqualFold(args[0], s.cfg.ClientID) {
		return reply{}, noResource(args[0])
	}
	roles := []any{}
	for _, role := range s.cfg.AppRoles {
		roles = append(roles, map[string]any{
			"id": roleID(role.Value), "value": role.Value, "displayName": role.Value, "isEnabled": !role.Disabled,
			"allowedMemberTypes": []string{"User"}, "origin": "Application",
		})
	}
	return reply{status: http.StatusOK, body: map[string]any{"id": s.serviceID(), "appRoles": roles}}, nil
}

// assignments are those of the client's roles to people and groups. The default role, of
// zeros, is what somebody has who may use an app without a role.
func (s *Server) assignments(values []string, principal, kind string) []any {
	var all []any
	for _, value := range values {
		role := "00000000-0000-0000-0000-000000000000"
		for _, r := range s.cfg.AppRoles {
			if r.Value == value {
				role = roleID(value)
			}
		}
		all = append(all, map[string]any{
			"id": newID(), "appRoleId": role, "principalId": principal, "principalType": kind, "resourceId": s.serviceID(),
		})
	}
	return all
}

func (s *Server) listAssignedTo(r *http.Request, args []string) (reply, error) {
	if err := s.granted(readApps, denied); err != nil {
		return reply{}, err
	}
	if !strings.EqualFold(args[0], s.serviceID()) {
		return reply{}, noResource(args[0])
	}
	s.mu.Lock()
	var all []any
	for _, g := range s.groups {
		all = append(all, s.assignments(g.AppRoles, g.ID, "Group")...)
	}
	for _, p := range s.people {
		all = append(all, s.assignments(p.AppRoles, p.ObjectID, "User")...)
	}
	s.mu.Unlock()
	return s.page(r, all)
}

// find returns a person, or that there is none.
func (s *Server) find(id string) (Person, error) {
	p, ok := s.Person(id)
	if !ok {
		return Person{}, noResource(id)
	}
	return p, nil
}

func (s *Server) getUser(r *http.Request, args []string) (reply, error) {
	if err := s.granted(readPeople, denied); err != nil {
		return reply{}, err
	}
	p, err := s.find(args[0])
	if err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusOK, body: person(p, r.URL.Query().Get("$select"), false)}, nil
}

func (s *Server) getManager(r *http.Request, args []string) (reply, error) {
	if err := s.granted(readPeople, denied); err != nil {
		return reply{}, err
	}
	p, err := s.find(args[0])
	if err != nil {
		return reply{}, err
	}
	boss, err := s.find(p.ManagerID)
	if err != nil {
		return reply{}, noResource("manager")
	}
	body := person(boss, r.URL.Query().Get("$select"), false)
	body["@odata.type"] = "#microsoft.graph.user"
	return reply{status: http.StatusOK, body: body}, nil
}

// checkMemberGroups says in which of at most 20 groups a person is. Source: "user:
// checkMemberGroups".
func (s *Server) checkMemberGroups(r *http.Request, args []string) (reply, error) {
	if err := s.granted(readPeople, denied); err != nil {
		return reply{}, err
	}
	if err := s.granted(readMembers, denied); err != nil {
		return reply{}, err
	}
	var asked struct {
		IDs []string `json:"groupIds"`
	}
	if err := readJSON(r, &asked); err != nil {
		return reply{}, err
	}
	if len(asked.IDs) == 0 || len(asked.IDs) > 20 {
		return reply{}, badRequest("groupIds must have 1 to 20 items.")
	}
	p, err := s.find(args[0])
	if err != nil {
		return reply{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	in := []string{}
	for _, id := range asked.IDs {
		if s.within(p.Groups, id) {
			in = append(in, id)
		}
	}
	return reply{status: http.StatusOK, body: map[string]any{"value": in}}, nil
}

// listAssignments has the roles of groups of which the person is a direct member, too. Source:
// "List appRoleAssignments granted to a user".
func (s *Server) listAssignments(r *http.Request, args []string) (reply, error) {
	if err := s.granted(readAssignments, denied); err != nil {
		return reply{}, err
	}
	if r.URL.Query().Get("$filter") != "resourceId eq "+s.serviceID() {
		return reply{}, badRequest("Invalid filter clause.")
	}
	p, err := s.find(args[0])
	if err != nil {
		return reply{}, err
	}
	s.mu.Lock()
	all := s.assignments(p.AppRoles, p.ObjectID, "User")
	for _, id := range p.Groups {
		if g, ok := s.group(id); ok {
			all = append(all, s.assignments(g.AppRoles, g.ID, "Group")...)
		}
	}
	s.mu.Unlock()
	return s.page(r, all)
}

func (s *Server) getAutoReply(r *http.Request, args []string) (reply, error) {
	if err := s.granted(readMailbox, "ErrorAccessDenied"); err != nil {
		return reply{}, err
	}
	p, err := s.find(args[0])
	if err != nil {
		return reply{}, err
	}
	if p.NoMailbox {
		return reply{}, graphError(http.StatusNotFound, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise.")
	}
	if r.Header.Get("Prefer") != `outlook.timezone="UTC"` {
		return reply{}, badRequest("This stand-in answers in UTC, and wants to be asked for it.")
	}
	status := p.AutoReply.Status
	if status == "" {
		status = "disabled"
	}
	return reply{status: http.StatusOK, body: map[string]any{
		"status": status, "externalAudience": "all",
		"scheduledStartDateTime": dateTime(p.AutoReply.From), "scheduledEndDateTime": dateTime(p.AutoReply.Until),
		"internalReplyMessage": "", "externalReplyMessage": "",
	}}, nil
}

func dateTime(t time.Time) map[string]string {
	return map[string]string{"dateTime": t.UTC().Format("2006-01-02T15:04:05.0000000"), "timeZone": "UTC"}
}

var byExternalID = regexp.MustCompile(`^externalId eq '([^']+)'$`)

// listApps finds an app of the catalog by its manifest's id. Source: "List teamsApp".
func (s *Server) listApps(r *http.Request, _ []string) (reply, error) {
	if err := s.granted(readCatalog, "Forbidden"); err != nil {
		return reply{}, err
	}
	filter := byExternalID.FindStringSubmatch(r.URL.Query().Get("$filter"))
	if filter == nil {
		return reply{}, badRequest("Invalid filter clause.")
	}
	var all []any
	if s.cfg.TeamsAppID != "" && strings.EqualFold(filter[1], s.cfg.TeamsAppID) {
		all = append(all, map[string]any{
			"id": s.catalogID(), "externalId": s.cfg.TeamsAppID, "displayName": "App", "distributionMethod": "organization",
		})
	}
	return s.page(r, all)
}

func (s *Server) catalogID() string { return idOf("catalog app", s.cfg.TeamsAppID) }

// installApp installs the catalog's app for a person. Source: "Install app for user".
func (s *Server) installApp(r *http.Request, args []string) (reply, error) {
	if err := s.granted(install, "Forbidden"); err != nil {
		return reply{}, err
	}
	var asked struct {
		App string `json:"teamsApp@odata.bind"`
	}
	if err := readJSON(r, &asked); err != nil {
		return reply{}, err
	}
	p, err := s.find(args[0])
	switch {
	case err != nil:
		return reply{}, err
	case s.cfg.TeamsAppID == "" || asked.App != s.base+"/v1.0/appCatalogs/teamsApps/"+s.catalogID():
		return reply{}, graphError(http.StatusNotFound, "NotFound", "App is not found in the catalog.")
	case p.Installed:
		return reply{}, graphError(http.StatusConflict, "Conflict", "App is already installed for the user.")
	}
	s.Change(args[0], func(p *Person) { p.Installed = true })
	return reply{status: http.StatusCreated}, nil
}

// position is where a list goes on.
type position struct {
	path  string
	start int
}

// pageSize is how much of a list is answered at once, if a request asks for no less: little, so
// that whoever asks has to turn pages.
const pageSize = 2

// page answers with a part of a list, and a link to the next.
func (s *Server) page(r *http.Request, all []any) (reply, error) {
	query := r.URL.Query()
	size := pageSize
	if text := query.Get("$top"); text != "" {
		top, err := strconv.Atoi(text)
		if err != nil || top < 1 || top > 999 {
			return reply{}, badRequest("Invalid page size specified.")
		}
		size = min(size, top)
	}
	start := 0
	if id := query.Get("$skiptoken"); id != "" {
		s.mu.Lock()
		at, known := s.pages[id]
		s.mu.Unlock()
		if !known || at.path != r.URL.Path {
			return reply{}, badRequest("Skip token is not valid.")
		}
		start = min(at.start, len(all))
	}
	end := min(start+size, len(all))
	body := map[string]any{"value": append([]any{}, all[start:end]...)}
	if end < len(all) {
		id := newID()
		s.mu.Lock()
		keep(s.pages, id, position{r.URL.Path, end})
		s.mu.Unlock()
		query.Set("$skiptoken", id)
		next := url.URL{Path: r.URL.Path, RawQuery: query.Encode()}
		body["@odata.nextLink"] = s.base + next.String()
	}
	return reply{status: http.StatusOK, body: body}, nil
}

func readJSON(r *http.Request, into any) error {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return graphError(http.StatusUnsupportedMediaType, "Request_BadRequest", "The body is not JSON.")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxJSON))
	if err != nil {
		return badRequest("Unable to read the body.")
	}
	if err := json.Unmarshal(body, into); err != nil {
		return badRequest("Unable to read JSON request payload.")
	}
	return nil
}

// graphError is an error in Graph's form.
func graphError(status int, code, message string) reply {
	return reply{status: status, body: map[string]any{"error": map[string]any{
		"code": code, "message": message, "innerError": map[string]any{"request-id": newID()},
	}}}
}

func graphErrorWith(re reply, message string) reply {
	other := graphError(re.status, "InvalidAuthenticationToken", message)
	re.body = other.body
	return re
}

func badRequest(message string) reply {
	return graphError(http.StatusBadRequest, "Request_BadRequest", message)
}

func noResource(id string) reply {
	return graphError(http.StatusNotFound, "Request_ResourceNotFound", "Resource '"+id+"' does not exist.")
}

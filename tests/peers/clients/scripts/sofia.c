/* sofia-sip's user agent (nua) registers, refreshes by itself, calls and unregisters.
   Arguments: server host, port, own host, port, udp or tcp, user, password, call or stay. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/msg_header.h>
#include <sofia-sip/nua.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/su.h>
#include <sofia-sip/su_tag.h>

/* Short enough for a test; nua refreshes when two thirds have passed. */
#define EXPIRES "6"

static su_root_t *root;
static nua_handle_t *registration, *call;
static const char *user, *password;
static int calls, registered, ended;
static char target[256];

static void end(int status)
{
    ended = status + 1;
    su_root_break(root);
}

static void answer(nua_handle_t *handle, sip_t const *sip)
{
    char credentials[512];
    const msg_auth_t *asked = sip->sip_www_authenticate;
    if (asked == NULL)
        asked = sip->sip_proxy_authenticate;
    if (asked == NULL)
        return end(1);
    const char *realm = msg_params_find(asked->au_params, "realm=");
    snprintf(credentials, sizeof credentials, "Digest:%s:%s:%s", realm, user, password);
    nua_authenticate(handle, NUTAG_AUTH(credentials), TAG_END());
}

static void heard(nua_event_t event, int status, char const *phrase, nua_t *nua,
                  nua_magic_t *magic, nua_handle_t *handle, nua_hmagic_t *hmagic,
                  sip_t const *sip, tagi_t tags[])
{
    if (event >= nua_r_set_params)
        printf("%s %d %s\n", nua_event_name(event), status, phrase);
    switch (event) {
    case nua_r_register:
        if (status == 401 || status == 407)
            answer(handle, sip);
        else if (status >= 300)
            end(1);
        else if (status >= 200 && ++registered == 2) {
            if (calls)
                nua_invite(call, TAG_END());
            else
                nua_unregister(registration, TAG_END());
        }
        break;
    case nua_r_invite:
        if (status == 401 || status == 407)
            answer(handle, sip);
        else if (status >= 300)
            end(1);
        else if (status >= 200)
            nua_bye(handle, TAG_END());
        break;
    case nua_r_bye:
        if (status >= 200)
            nua_unregister(registration, TAG_END());
        break;
    case nua_r_unregister:
        if (status == 401 || status == 407)
            answer(handle, sip);
        else if (status >= 200)
            end(status >= 300);
        break;
    default:
        break;
    }
}

int main(int count, char **words)
{
    char url[256], from[256], registrar[256];
    if (count != 9)
        return 2;
    const char *host = words[1], *own = words[3], *transport = words[5];
    int is_v6 = strchr(host, ':') != NULL;
    const char *open = is_v6 ? "[" : "", *shut = is_v6 ? "]" : "";
    user = words[6], password = words[7], calls = strcmp(words[8], "call") == 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    snprintf(url, sizeof url, "sip:%s%s%s:%s;transport=%s", open, own, shut, words[4], transport);
    snprintf(registrar, sizeof registrar, "sip:%s%s%s:%s;transport=%s", open, host, shut, words[2],
             transport);
    snprintf(from, sizeof from, "sip:%s@%s%s%s:%s", user, open, host, shut, words[2]);
    snprintf(target, sizeof target, "sip:11@%s%s%s:%s", open, host, shut, words[2]);

    su_init();
    root = su_root_create(NULL);
    nua_t *nua = nua_create(root, heard, NULL, NUTAG_URL(url), NUTAG_PROXY(registrar),
                            NUTAG_OUTBOUND("no-outbound no-validate no-natify"),
                            SIPTAG_FROM_STR(from), TAG_END());
    if (nua == NULL)
        return 1;
    registration = nua_handle(nua, NULL, SIPTAG_TO_STR(from), SIPTAG_FROM_STR(from),
                              NUTAG_REGISTRAR(registrar), TAG_END());
    call = nua_handle(nua, NULL, SIPTAG_TO_STR(target), SIPTAG_FROM_STR(from), NUTAG_URL(target),
                      SOATAG_USER_SDP_STR("v=0\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                                          "m=audio 40000 RTP/AVP 8\r\n"),
                      TAG_END());
    nua_register(registration, SIPTAG_EXPIRES_STR(EXPIRES), TAG_END());
    su_root_run(root);
    /* Without nua_shutdown: the process ends here, and its sockets with it. */
    return ended - 1;
}

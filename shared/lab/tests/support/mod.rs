//! A registrar and proxy in a few lines, so that the stage can be tested without a chapter.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sip_lab::StageServer;
use sip_server::{Action, Method, Reply, Request, Target, relay, relay_in_dialog};

/// Who is where; what a server keeps over a restart when a test holds it outside.
pub(crate) type Location = Rc<RefCell<BTreeMap<String, String>>>;

/// Serves with a location table that is forgotten when the server stops.
pub(crate) async fn forgetful(server: StageServer) {
    serve(server, Location::default()).await;
}

/// Serves with a given location table.
pub(crate) async fn serve(server: StageServer, location: Location) {
    let names = server.names();
    let table = location.clone();
    server
        .views
        .offer("location", move || format!("{:?}", table.borrow()));
    server
        .serve(&async |request: &mut Request| {
            if request.loose_route(&names) {
                return Ok(relay_in_dialog());
            }
            let user = |uri: &str| uri.split(['@', ':']).nth(1).unwrap_or_default().to_owned();
            if *request.method() == Method::Register {
                let aor = request.to().map_or(String::new(), |to| user(to.uri));
                let contact = request.list(sip_message::Name::Contact).next();
                let contact = String::from_utf8_lossy(contact.unwrap_or_default()).into_owned();
                location.borrow_mut().insert(aor, contact.clone());
                return Ok(Action::Reply(Reply::of(200).with("Contact", contact)));
            }
            let callee = user(request.uri_text());
            let Some(contact) = location.borrow().get(&callee).cloned() else {
                return Err(Reply::new(404, "Not Found").because("not registered"));
            };
            request.record_route();
            Ok(relay(vec![Target::new(contact.trim_matches(['<', '>']))]))
        })
        .await;
}

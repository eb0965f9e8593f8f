#!/usr/bin/env python3
"""Has a sidecar de-identify studies, saves a picture of each, and says where a person reviews them.

Python's standard library is enough. With --send, studies that a person has approved are sent.

    python3 client.py --url http://localhost:5400 --token-file TOKEN /data/from-pacs
    python3 client.py --url http://localhost:5400 --token-file TOKEN --send teaching
"""
import argparse
import json
import pathlib
import sys
import time
import urllib.error
import urllib.request


class Sidecar:
    def __init__(self, url, token):
        self.url = url.rstrip("/")
        self.token = token
        # A proxy would see the token, and would not reach this machine.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(self, method, path, body=None):
        """The answer's bytes. What the sidecar refuses is an error with its own words."""
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Authorization", "Bearer " + self.token)
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        try:
            with self.opener.open(request) as answer:
                return answer.read()
        except urllib.error.HTTPError as refused:
            problem = json.load(refused)
            raise SystemExit("%s: %s" % (problem["title"], problem.get("detail") or refused.code)) from None

    def get(self, path):
        return json.loads(self.ask("GET", path))

    def run(self, path, body):
        """Asks for a job and waits until it has ended."""
        job = json.loads(self.ask("POST", path, body))
        while job["ended"] is None:
            time.sleep(0.5)
            job = self.get("/v1/jobs/" + job["id"])
            progress = job["progress"]
            print("%s: %d of %d files" % (job["state"], progress["files"], progress["totalFiles"]), file=sys.stderr)
        if job["state"] != "Succeeded":
            raise SystemExit("The job has %s: %s" % (job["state"].lower(), (job["problem"] or {}).get("detail")))
        return job


def deidentify(sidecar, folders, project, pictures):
    job = sidecar.run("/v1/studies/deidentify", {"paths": [str(pathlib.Path(f).absolute()) for f in folders], **({"project": project} if project else {})})
    for refused in job["rejected"]:
        print("rejected: %s: %s: %s" % (refused["file"], refused["error"], refused["detail"]), file=sys.stderr)
    for study in job["result"]["deidentified"]:
        print("%s %s, %d files written" % (study["studyInstanceUid"], study["state"], study["written"]))
        picture = first_picture(sidecar, study["studyInstanceUid"])
        if picture and pictures:
            pathlib.Path(pictures, study["studyInstanceUid"] + ".png").write_bytes(picture)
    print("Review: " + json.loads(sidecar.ask("POST", "/v1/login-links"))["url"])


def first_picture(sidecar, uid):
    for series in sidecar.get("/v1/studies/" + uid)["series"]:
        path = "/v1/studies/%s/series/%s" % (uid, series["seriesInstanceUid"])
        for image in sidecar.get(path)["images"]:
            if image["frames"] > 0:
                return sidecar.ask("GET", "%s/instances/%s/frames/1?width=512" % (path, image["sopInstanceUid"]))
    return None


def send(sidecar, archive):
    approved = [s["studyInstanceUid"] for s in sidecar.get("/v1/studies")["studies"] if s["state"] == "Approved"]
    if not approved:
        raise SystemExit("No study is approved: a person does that on the review page.")
    for sent in sidecar.run("/v1/studies/send", {"studyInstanceUids": approved, "archive": archive})["result"]["sent"]:
        print("%s %d sent, %d failed" % (sent["studyInstanceUid"], sent["stored"], sent["failed"]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--token-file", required=True, help="the file that the sidecar named at its start")
    parser.add_argument("--project", help="the name of a project's folder, for pseudonyms that can be resolved")
    parser.add_argument("--pictures", help="a folder for a picture of each study")
    parser.add_argument("--send", metavar="ARCHIVE", help="send what is approved instead")
    parser.add_argument("folders", nargs="*")
    options = parser.parse_args()
    one = Sidecar(options.url, pathlib.Path(options.token_file).read_text().strip())
    if options.send:
        send(one, options.send)
    elif options.folders:
        deidentify(one, options.folders, options.project, options.pictures)
    else:
        parser.error("name folders with studies, or --send and an archive")

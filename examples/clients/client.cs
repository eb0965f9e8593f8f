#!/usr/bin/env -S dotnet run
// Has a sidecar de-identify the studies below a folder, and says where a person reviews them. .NET 10 runs this file as it is:
//
//   dotnet run client.cs http://localhost:5400 TOKEN-FILE /data/from-pacs
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

if (args is not [var url, var tokenFile, var folder])
{
    Console.Error.WriteLine("client.cs URL TOKEN-FILE FOLDER");
    return 2;
}

// A proxy would see the token, and would not reach this machine.
using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(url) };
http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(tokenFile).Trim());

var job = await Ask(HttpMethod.Post, "/v1/studies/deidentify", new JsonObject { ["paths"] = new JsonArray(Path.GetFullPath(folder)) });
while (job["ended"] is null)
{
    await Task.Delay(500);
    job = await Ask(HttpMethod.Get, $"/v1/jobs/{job["id"]}");
    Console.Error.WriteLine($"{job["state"]}: {job["progress"]!["files"]} of {job["progress"]!["totalFiles"]} files");
}

if ((string?)job["state"] != "Succeeded")
{
    Console.Error.WriteLine($"The job has {job["state"]}: {job["problem"]?["detail"]}");
    return 1;
}

foreach (var study in job["result"]!["deidentified"]!.AsArray())
{
    Console.WriteLine($"{study!["studyInstanceUid"]} {study["state"]}, {study["written"]} files written");
}

Console.WriteLine($"Review: {(await Ask(HttpMethod.Post, "/v1/login-links"))["url"]}");
return 0;

async Task<JsonNode> Ask(HttpMethod method, string path, JsonNode? body = null)
{
    using var request = new HttpRequestMessage(method, path);
    request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
    using var answer = await http.SendAsync(request);
    var content = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    return answer.IsSuccessStatusCode ? content : throw new InvalidOperationException($"{content["title"]}: {content["detail"]}");
}

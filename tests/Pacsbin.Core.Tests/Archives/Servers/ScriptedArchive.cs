using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Security;
using System.Text;
using System.Text.Json.Nodes;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>A DICOMweb archive in memory that does right, or wrong in stated ways.</summary>
internal sealed class ScriptedArchive : IAsyncDisposable
{
    private const string Root = "/dicom-web";
    private const string Moved = "/moved";
    private readonly ConcurrentDictionary<string, ArchivedInstance> instances = new();
    private readonly ConcurrentDictionary<string, int> arrivals = new();

    public ScriptedArchive(SslServerAuthenticationOptions? tls = null)
    {
        Server = new ScriptedServer(AnswerAsync, tls);
        Server.ReadsBody = request => !Faults.RefusesEarly && !(request.Header("Expect") is not null && request.ContentLength > Faults.MaximumBody);
    }

    /// <summary>The server below, with all requests that came.</summary>
    public ScriptedServer Server { get; }

    /// <summary>The root of DICOMweb, without a slash at its end.</summary>
    public Uri DicomWebRoot => new(Server.Address, Root);

    /// <summary>What the archive does wrong.</summary>
    public ArchiveFaults Faults { get; } = new();

    /// <summary>Whether an instance that comes again replaces the stored one.</summary>
    public bool Overwrites { get; set; }

    /// <summary>What is stored, by SOP Instance UID.</summary>
    public IReadOnlyDictionary<string, ArchivedInstance> Instances => instances;

    /// <summary>How often each instance came, also where it was refused.</summary>
    public IReadOnlyDictionary<string, int> Arrivals => arrivals;

    /// <summary>Puts a file into the archive.</summary>
    /// <exception cref="ArgumentException">It is not DICOM.</exception>
    public void Add(byte[] file)
    {
        var instance = ArchivedInstance.TryRead(file) ?? throw new ArgumentException("The file is not DICOM.", nameof(file));
        instances[instance.SopInstanceUid] = instance;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task AnswerAsync(ScriptedExchange exchange)
    {
        var request = exchange.Request;
        if (request.Body is null && request is { IsChunked: false, ContentLength: null or 0 })
        {
            await exchange.ReadBodyAsync();
        }

        if (Faults.RequiredAuthorization is { } wanted && request.Header("Authorization") != wanted)
        {
            await exchange.RespondAsync(401, headers: ("WWW-Authenticate", "Basic realm=\"archive\""));
        }
        else if (Faults.TakeBusy())
        {
            await exchange.RespondAsync(Faults.BusyStatus, headers: Faults.RetryAfter is { } after ? [("Retry-After", after)] : []);
        }
        else if ((request.ContentLength ?? request.Body?.Length) > Faults.MaximumBody)
        {
            await exchange.RespondAsync(413);
        }
        else
        {
            await exchange.ReadBodyAsync();
            await RouteAsync(exchange, request);
        }
    }

    private async Task RouteAsync(ScriptedExchange exchange, HttpMessage request)
    {
        var path = request.Target.Split('?')[0].TrimEnd('/');
        if (Faults.RedirectStatus != 0 && !path.StartsWith(Moved, StringComparison.Ordinal))
        {
            var origin = (Faults.RedirectOrigin ?? Server.Address).GetLeftPart(UriPartial.Authority);
            await exchange.RespondAsync(Faults.RedirectStatus, headers: ("Location", origin + Moved + request.Target));
            return;
        }

        path = path.StartsWith(Moved, StringComparison.Ordinal) ? path[Moved.Length..] : path;
        var steps = path.StartsWith(Root + "/", StringComparison.Ordinal) ? path[(Root.Length + 1)..].Split('/') : [];
        var answer = (request.Method, steps) switch
        {
            ("POST", ["studies"] or ["studies", _]) => Store(exchange, steps.ElementAtOrDefault(1)),
            ("GET", ["studies" or "series" or "instances"] or ["studies", _, "series" or "instances"] or ["studies", _, "series", _, "instances"]) =>
                Search(exchange, steps),
            ("GET", ["studies", _] or ["studies", _, "series", _] or ["studies", _, "series", _, "instances", _]) => Retrieve(exchange, steps),
            _ => exchange.Encode(404),
        };
        if (Faults.TakeCut())
        {
            await exchange.SendAsync(answer.AsMemory(0, Math.Min(Faults.CutAfter, answer.Length)));
            exchange.Closes = true;
            if (!Faults.CutsInOrder)
            {
                exchange.Cut();
            }

            return;
        }

        await exchange.SendAsync(answer);
    }

    private byte[] Store(ScriptedExchange exchange, string? study)
    {
        var answer = new StoreAnswer(DicomWebRoot.AbsoluteUri);
        IReadOnlyList<MultipartPart> parts;
        try
        {
            parts = Multipart.Parse(exchange.Request.Header("Content-Type") ?? "", exchange.Request.Body!);
        }
        catch (FormatException)
        {
            return exchange.Encode(400);
        }

        foreach (var part in parts)
        {
            if (ArchivedInstance.TryRead(part.Body) is not { } instance)
            {
                answer.AddUnreadable();
                continue;
            }

            var uid = instance.SopInstanceUid;
            arrivals.AddOrUpdate(uid, 1, (_, count) => count + 1);
            if (Faults.FailureReasons.TryGetValue(uid, out var reason) || (study is not null && study != instance.StudyInstanceUid))
            {
                answer.AddFailed(instance, reason == 0 ? 0x0110 : reason);
                continue;
            }

            instances.AddOrUpdate(uid, instance, (_, old) => Overwrites ? instance : old);
            answer.AddStored(instance, Faults.WarningReasons.GetValueOrDefault(uid));
        }

        return Faults.EmptyStoreAnswer ? exchange.Encode(200)
            : Faults.XmlStoreAnswer ? exchange.Encode(answer.Status, Encoding.UTF8.GetBytes(answer.ToXml()), "application/dicom+xml")
            : exchange.Encode(answer.Status, Json(answer.ToJson()), "application/dicom+json");
    }

    private byte[] Search(ScriptedExchange exchange, string[] steps)
    {
        var query = exchange.Request.Target.Split('?', 2).ElementAtOrDefault(1) ?? "";
        var parameters = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(pair =>
            KeyValuePair.Create(Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString((pair.ElementAtOrDefault(1) ?? "").Replace('+', ' ')))).ToList();
        int Number(string name, int otherwise) =>
            parameters.Where(p => p.Key == name).Select(p => int.Parse(p.Value, CultureInfo.InvariantCulture)).FirstOrDefault(otherwise);
        var level = steps[^1];
        var found = ArchiveQuery.Match(Below(steps), parameters)
            .GroupBy(i => level == "studies" ? i.StudyInstanceUid : level == "series" ? i.SeriesInstanceUid : i.SopInstanceUid)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Skip(Faults.IgnoresOffset ? 0 : Number("offset", 0))
            .Take(Math.Min(Faults.MaximumResults, Number("limit", int.MaxValue)))
            .Select(group => ArchiveQuery.Describe([.. group], level, DicomWebRoot.AbsoluteUri))
            .ToArray();
        foreach (var answer in found)
        {
            Spoil(answer);
        }

        return found.Length == 0 && Faults.NothingIsNoContent
            ? exchange.Encode(204)
            : exchange.Encode(200, Json(new JsonArray([.. found])), "application/dicom+json");
    }

    private byte[] Retrieve(ScriptedExchange exchange, string[] steps)
    {
        var found = Below(steps).OrderBy(instance => instance.SopInstanceUid, StringComparer.Ordinal).ToList();
        if (found.Count == 0)
        {
            return exchange.Encode(404);
        }

        var body = Faults.RetrieveForm.Build(found.Select(instance => new MultipartPart(instance.File)));
        if (Faults.RetrieveFraming == AnswerFraming.Length)
        {
            return exchange.Encode(200, body, Faults.RetrieveForm.ContentType);
        }

        exchange.Closes |= Faults.RetrieveFraming == AnswerFraming.Close;
        KeyValuePair<string, string> framing = exchange.Closes ? new("Connection", "close") : new("Transfer-Encoding", "chunked");
        return new HttpMessage("HTTP/1.1 200 Scripted", [new("Content-Type", Faults.RetrieveForm.ContentType), framing]) { Body = body }.ToBytes();
    }

    private IEnumerable<ArchivedInstance> Below(string[] steps) => instances.Values.Where(instance =>
        (steps.Length < 2 || instance.StudyInstanceUid == steps[1])
        && (steps.Length < 4 || instance.SeriesInstanceUid == steps[3])
        && (steps.Length < 6 || instance.SopInstanceUid == steps[5]));

    private void Spoil(JsonObject answer)
    {
        if (Faults.AddsInlineBinary)
        {
            answer["00420011"] = new JsonObject { ["vr"] = "OB", ["InlineBinary"] = "AAEC" };
        }

        if (Faults.AddsBulkDataUri)
        {
            answer["7FE00010"] = new JsonObject { ["vr"] = "OW", ["BulkDataURI"] = $"{DicomWebRoot}/bulk/1" };
        }

        foreach (var (_, attribute) in Faults.OmitsVr ? answer : [])
        {
            attribute!.AsObject().Remove("vr");
        }
    }

    private static byte[] Json(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString());
}

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>What a <see cref="FaultProxy"/> does to a request or its answer.</summary>
internal enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Waits some tens of milliseconds before it passes the request on.</summary>
    Delay,

    /// <summary>Sends a part of the request to the server, then breaks both connections.</summary>
    CutRequest,

    /// <summary>Sends a part of the answer to the client, then breaks its connection.</summary>
    CutAnswer,

    /// <summary>Sends a part of the answer to the client, then ends its connection as if that were all.</summary>
    EndAnswer,

    /// <summary>Lets the server do the request and breaks the client's connection without an answer.</summary>
    LoseAnswer,

    /// <summary>Answers 500, 502, 503 or 429 and asks no server.</summary>
    Refuse,

    /// <summary>Changes a byte of the request's body.</summary>
    CorruptRequest,

    /// <summary>Changes a byte of the answer's body.</summary>
    CorruptAnswer,
}

/// <summary>Which faults a <see cref="FaultProxy"/> makes, and how often.</summary>
internal sealed record FaultOptions
{
    public int Seed { get; init; }

    /// <summary>The probability that a request meets a fault.</summary>
    public double Probability { get; init; } = 0.3;

    /// <summary>The faults to choose from; by default those that damage no byte unnoticed.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [Fault.Delay, Fault.CutRequest, Fault.CutAnswer, Fault.EndAnswer, Fault.LoseAnswer, Fault.Refuse];

    /// <summary>Statuses to refuse with.</summary>
    public IReadOnlyList<int> Refusals { get; init; } = [500, 502, 503, 429];

    /// <summary>Seconds to state in the Retry-After of 503 and 429; -1: no such header.</summary>
    public IReadOnlyList<int> RetryAfter { get; init; } = [-1, 0, 1];

    /// <summary>Which requests may meet a fault.</summary>
    public Func<HttpMessage, bool> Affects { get; init; } = _ => true;
}

/// <summary>One request through a <see cref="FaultProxy"/>.</summary>
/// <param name="Began">When the request's first line came, as a number that only grows.</param>
internal sealed record FaultRecord(int Connection, long Began, HttpMessage Request)
{
    public Fault Fault { get; set; }

    /// <summary>Where a cut or a changed byte lies, how many milliseconds a delay takes, or the status of a refusal.</summary>
    public int Detail { get; set; }

    /// <summary>What the server answered; null where it did not.</summary>
    public HttpMessage? Answer { get; set; }

    /// <summary>When the server's answer was about to go to the client, whole and unchanged, on the scale of <see cref="Began"/>; 0 where it never was.</summary>
    public long Passed { get; set; }

    /// <summary>The SOP Instance UIDs that the client has been told are stored.</summary>
    public IReadOnlyList<string> Confirmed => Passed > 0 && Request.IsStore ? Confirmations.Of(Answer!.Body!) : [];

    /// <summary>The SOP Instance UIDs that the client has sent in this request.</summary>
    public IReadOnlyList<string> Sent => Request is { IsStore: true, Body: { } body } ? Confirmations.InRequest(Request.Header("Content-Type")!, body) : [];

    public override string ToString() =>
        $"#{Began} connection {Connection}: {Request.Method} {Request.Target} ({Request.Body?.Length ?? 0} B) {Fault} {Detail} -> {Answer?.StartLine ?? "no answer"}{(Passed > 0 ? $", passed #{Passed}" : "")}";
}

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>How a client learns where an answer's body ends.</summary>
internal enum AnswerFraming
{
    Length,
    Chunked,

    /// <summary>With the connection, as Orthanc answers for studies and series.</summary>
    Close,
}

/// <summary>What a <see cref="ScriptedArchive"/> does wrong, or unlike others; by default nothing.</summary>
internal sealed class ArchiveFaults
{
    private int busyAnswers;
    private int cutAnswers;

    /// <summary>Answers a search that finds nothing with 204, not with an empty list.</summary>
    public bool NothingIsNoContent { get; set; }

    /// <summary>Leaves out the vr of every attribute in JSON.</summary>
    public bool OmitsVr { get; set; }

    /// <summary>Adds an attribute with InlineBinary to search answers.</summary>
    public bool AddsInlineBinary { get; set; }

    /// <summary>Adds an attribute with BulkDataURI to search answers.</summary>
    public bool AddsBulkDataUri { get; set; }

    /// <summary>The most results of one search, whatever limit it states.</summary>
    public int MaximumResults { get; set; } = int.MaxValue;

    /// <summary>Answers every page of a search with the first one.</summary>
    public bool IgnoresOffset { get; set; }

    /// <summary>Answers 413 to a request with a longer body, in bytes.</summary>
    public long MaximumBody { get; set; } = long.MaxValue;

    /// <summary>Refuses a request (401, 413, 503) before it has read the body, and then ends the connection.</summary>
    public bool RefusesEarly { get; set; }

    /// <summary>How many requests are answered with <see cref="BusyStatus"/> from now on.</summary>
    public int BusyAnswers { get => busyAnswers; set => busyAnswers = value; }

    public int BusyStatus { get; set; } = 503;

    /// <summary>The header of a busy answer; null: none.</summary>
    public string? RetryAfter { get; set; } = "0";

    /// <summary>Reasons by SOP Instance UID of instances that the archive does not store: 0xA700, 0xA900, 0xC000, 0x0110.</summary>
    public Dictionary<string, int> FailureReasons { get; } = [];

    /// <summary>Reasons by SOP Instance UID of instances that the archive stores with a warning: 0xB000 and its kind.</summary>
    public Dictionary<string, int> WarningReasons { get; } = [];

    /// <summary>How many answers, from now on, are cut after <see cref="CutAfter"/> bytes.</summary>
    public int CutAnswers { get => cutAnswers; set => cutAnswers = value; }

    /// <summary>The number of bytes of an answer, its head counted, that go out before the cut.</summary>
    public int CutAfter { get; set; }

    /// <summary>Whether a cut answer's connection ends in order, as a whole answer's does, and not with a reset.</summary>
    public bool CutsInOrder { get; set; }

    /// <summary>Answers a request with a redirect of this status to the path below moved/; 0: does not.</summary>
    public int RedirectStatus { get; set; }

    /// <summary>Where redirects go; null: to this archive.</summary>
    public Uri? RedirectOrigin { get; set; }

    /// <summary>Stores, and answers 200 with nothing.</summary>
    public bool EmptyStoreAnswer { get; set; }

    /// <summary>Answers a store in application/dicom+xml, whatever the client accepts.</summary>
    public bool XmlStoreAnswer { get; set; }

    /// <summary>Answers 401 to a request without this Authorization header.</summary>
    public string? RequiredAuthorization { get; set; }

    /// <summary>How the bodies of retrieve answers are written.</summary>
    public Multipart RetrieveForm { get; set; } = new();

    /// <summary>How the end of retrieve answers is told.</summary>
    public AnswerFraming RetrieveFraming { get; set; }

    /// <summary>Whether this request is one of <see cref="BusyAnswers"/>.</summary>
    public bool TakeBusy() => Take(ref busyAnswers);

    /// <summary>Whether this answer is one of <see cref="CutAnswers"/>.</summary>
    public bool TakeCut() => Take(ref cutAnswers);

    private static bool Take(ref int left)
    {
        if (Volatile.Read(ref left) > 0 && Interlocked.Decrement(ref left) >= 0)
        {
            return true;
        }

        Interlocked.CompareExchange(ref left, 0, -1);
        return false;
    }
}

namespace Pacsbin.Sidecar.Problems;

/// <summary>Says that a request cannot be done as it is, in words that hold nothing of what it said.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="detail">A sentence for the caller; null for that of the status.</param>
internal sealed class RequestRefusedException(int status, string? detail = null) : Exception(detail)
{
    public int Status { get; } = status;

    public string Detail { get; } = detail ?? ProblemStatus.DetailOf(status);

    public static RequestRefusedException BadRequest(string detail) => new(StatusCodes.Status400BadRequest, detail);

    /// <summary>Refuses lists of a body that have a null in them, which their declarations cannot keep out.</summary>
    /// <exception cref="RequestRefusedException">One has.</exception>
    public static void RequireNoNulls(params ReadOnlySpan<IEnumerable<object?>?> lists)
    {
        foreach (var list in lists)
        {
            if (list?.Contains(null) == true)
            {
                throw BadRequest("A list in the body has a null in it.");
            }
        }
    }
}

/// <summary>Says that files kept an operation from being done; nothing was changed.</summary>
internal sealed class FilesRejectedException(IReadOnlyList<(string File, PacsbinException Error)> files) : Exception
{
    public IReadOnlyList<(string File, PacsbinException Error)> Files { get; } = files;

    /// <summary>The first error's problem, with all files.</summary>
    public Problem Problem { get; } = Problem.Of(files[0].Error) with { Files = [.. files.Select(f => new FileProblem(f.File, f.Error.Error, f.Error.Message))] };
}

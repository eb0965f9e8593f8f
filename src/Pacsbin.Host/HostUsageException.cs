namespace Pacsbin.Host;

/// <summary>Says why no script was started.</summary>
sealed class HostUsageException(string message, int exitCode = HostUsageException.BadCommandLine) : Exception(message)
{
    /// <summary>The code that pwsh gives a command line that it cannot read.</summary>
    public const int BadCommandLine = 64;

    public int ExitCode { get; } = exitCode;
}

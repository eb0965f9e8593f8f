using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace Pacsbin.Tests;

/// <summary>Keeps lines without colours; a question nobody prepared an answer for is an error.</summary>
sealed class RecordingUserInterface : PSHostUserInterface
{
    string unfinished = "";

    public List<string> Lines { get; } = [];

    public Queue<string> Answers { get; } = new();

    public override PSHostRawUserInterface? RawUI => null;

    public override void Write(string value)
    {
        var parts = (unfinished + GetOutputString(value, supportsVirtualTerminal: false)).ReplaceLineEndings("\n").Split('\n');
        Lines.AddRange(parts[..^1]);
        unfinished = parts[^1];
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Write(value + "\n");

    public override void WriteErrorLine(string value) => WriteLine(value);

    public override void WriteWarningLine(string message) => WriteLine("WARNING: " + message);

    public override void WriteVerboseLine(string message) => WriteLine("VERBOSE: " + message);

    public override void WriteDebugLine(string message) => WriteLine("DEBUG: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        WriteLine(message);
        string answer = Answers.TryDequeue(out string? prepared) ? prepared : throw new HostException("Unexpected question: " + message);
        return choices.Select(c => c.Label.Replace("&", "", StringComparison.Ordinal)).ToList().IndexOf(answer);
    }

    public override string ReadLine() => Answers.TryDequeue(out string? answer) ? answer : throw new HostException("Unexpected question.");

    public override SecureString ReadLineAsSecureString() => throw new HostException("Unexpected question.");

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw new HostException("Unexpected question: " + message);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new HostException("Unexpected question: " + message);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName,
        PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw new HostException("Unexpected question: " + message);
}

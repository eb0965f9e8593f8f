using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace Pacsbin.Host;

/// <summary>Writes to the console as PowerShell does: errors to standard error, everything else to standard output.</summary>
sealed class ConsoleUserInterface : PSHostUserInterface
{
    const string Reset = "\e[0m";

    readonly Lock writing = new();
    readonly ProgressLine progress = new();
    readonly ConsolePrompts prompts;
    bool everythingIsError;

    public ConsoleUserInterface() => prompts = new ConsolePrompts(this);

    /// <summary>Whether a thread waits for the person's answer, which nothing but the person can end.</summary>
    public bool IsReading => prompts.IsReading;

    public override PSHostRawUserInterface RawUI { get; } = new ConsoleRawUserInterface();

    public override bool SupportsVirtualTerminal => Terminal.ColoursOutput || Terminal.ColoursErrors;

    public override void Write(string value)
    {
        lock (writing)
        {
            progress.Clear();
            if (everythingIsError) Console.Error.Write(GetOutputString(value, Terminal.ColoursErrors));
            else Console.Out.Write(GetOutputString(value, Terminal.ColoursOutput));
        }
    }

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Write(Coloured(foregroundColor, backgroundColor, value));

    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        WriteLine(Coloured(foregroundColor, backgroundColor, value));

    public override void WriteErrorLine(string value)
    {
        lock (writing)
        {
            progress.Clear();
            Console.Error.WriteLine(GetOutputString(value, Terminal.ColoursErrors));
        }
    }

    public override void WriteWarningLine(string message) => WriteTagged(FormatStyle.Warning, "WARNING: ", message);

    public override void WriteVerboseLine(string message) => WriteTagged(FormatStyle.Verbose, "VERBOSE: ", message);

    public override void WriteDebugLine(string message) => WriteTagged(FormatStyle.Debug, "DEBUG: ", message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (writing) progress.Show(sourceId, record);
    }

    public void EndProgress()
    {
        lock (writing) progress.End();
    }

    /// <summary>Makes what is written an error until the result is disposed: the formatter prints a script's last error as output.</summary>
    public IDisposable SendEverythingToErrors()
    {
        everythingIsError = true;
        return new ErrorSection(this);
    }

    public override string ReadLine() => prompts.ReadLine();

    public override SecureString ReadLineAsSecureString() => prompts.ReadSecret();

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        prompts.AskFields(caption, message, descriptions);

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        prompts.AskChoice(caption, message, choices, defaultChoice);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        prompts.AskCredential(caption, message, userName);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName,
        PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => prompts.AskCredential(caption, message, userName);

    void WriteTagged(FormatStyle style, string tag, string message) => WriteLine(GetFormatStyleString(style) + tag + message + Reset);

    static string Coloured(ConsoleColor foreground, ConsoleColor background, string value)
    {
        string start = Code(foreground, 30) + Code(background, 40);
        return start.Length == 0 ? value : start + value + Reset;
    }

    // ConsoleColor counts blue-green-red, terminals count red-green-blue; the upper eight are the bright ones.
    static string Code(ConsoleColor colour, int normal)
    {
        int index = (int)colour;
        if (index is < 0 or > 15) return "";
        int rgb = (index & 1) << 2 | index & 2 | (index & 4) >> 2;
        return $"\e[{normal + rgb + (index > 7 ? 60 : 0)}m";
    }

    sealed class ErrorSection(ConsoleUserInterface console) : IDisposable
    {
        public void Dispose() => console.everythingIsError = false;
    }
}

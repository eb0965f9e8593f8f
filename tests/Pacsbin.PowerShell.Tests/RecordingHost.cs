using System.Globalization;
using System.Management.Automation.Host;

namespace Pacsbin.Tests;

/// <summary>Stands for the person at the console: keeps what is shown and answers questions.</summary>
sealed class RecordingHost : PSHost
{
    public RecordingUserInterface Console { get; } = new();

    public override string Name => "PacsbinTests";
    public override Version Version { get; } = new(1, 0);
    public override Guid InstanceId { get; } = Guid.NewGuid();
    public override PSHostUserInterface UI => Console;
    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;
    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override void SetShouldExit(int exitCode)
    {
    }

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}

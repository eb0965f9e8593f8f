using System.Management.Automation;
using System.Text.Json.Nodes;

namespace Pacsbin.PowerShell;

/// <summary>What cmdlets on the schedules of a sidecar share.</summary>
public abstract class ScheduleCmdlet : SidecarCmdlet
{
    private protected const string Schedules = "/v1/schedules";

    /// <summary>Where the sidecar answers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [PSDefaultValue(Help = "The only sidecar of yours")]
    public Uri? Url { get; set; }

    /// <summary>The file with the sidecar's token. No character in it is a wildcard.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [PSDefaultValue(Help = "That of the only sidecar of yours")]
    public string? TokenPath { get; set; }

    /// <summary>Asks the sidecar that is meant.</summary>
    /// <param name="target">What an error is about.</param>
    /// <param name="work">Gets a function that sends a request, and one that describes a schedule.</param>
    private protected void Ask(string target, Action<Func<HttpMethod, string, JsonNode?, JsonNode?>, Func<JsonNode, PacsbinSchedule>> work) => Attempt(target, () =>
    {
        if (Url is null != TokenPath is null)
        {
            throw new SidecarRefusedException("-Url and -TokenPath need each other.");
        }

        var (url, token) = Url is null ? (TheOnlyOne().Address, TheOnlyOne().TokenPath) : (Url, SourcePaths.Resolve(this, TokenPath!));
        using var client = new SidecarClient(url, token);
        work((method, path, body) => client.Send(method, path, body, StopRequested), schedule => PacsbinSchedule.Of(schedule, url, token));
    });

    private protected static string PathOf(string name) => $"{Schedules}/{Uri.EscapeDataString(name)}";
}

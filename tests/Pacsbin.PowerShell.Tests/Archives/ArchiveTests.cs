using System.Management.Automation;
using System.Security;
using Pacsbin.Archives;
using Pacsbin.Studies;

namespace Pacsbin.Tests.Archives;

/// <summary>What tests of commands on archives share: a session that is overheard, folders, and archives under names of their own.</summary>
public abstract class ArchiveTests : IDisposable
{
    readonly string own = Guid.NewGuid().ToString("N")[..8];

    protected ArchiveTests()
    {
        Session = new ModuleSession(Studies.Root, Overheard.Add);
        Session.Set("key", Secret("correct horse battery"));
        Session.Set("pacs", Name("pacs"));
        Session.Set("archive", Name("archive"));
    }

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected ArchiveStudies Studies { get; } = new();

    private protected ModuleSession Session { get; }

    private protected string Root => Studies.Root;

    private protected IReadOnlyList<ErrorRecord> Errors => Session.Errors;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        var store = new ArchiveStore(RegisteredArchives.Folder);
        foreach (var archive in store.Read().Where(a => a.Name.EndsWith(own, StringComparison.Ordinal))) store.Remove(archive.Name);
        Session.Dispose();
        Studies.Dispose();
    }

    /// <summary>The name under which this test registers an archive.</summary>
    private protected string Name(string role) => $"{role}-{own}";

    /// <summary>Registers an archive as the session's $pacs or $archive.</summary>
    private protected void Register(string role, Uri root, string more = "")
    {
        Session.Invoke($"$null = Register-PacsbinArchive -Name $args[0] -Uri $args[1] -Force {more}", Name(role), root);
        Assert.Empty(Session.Errors);
    }

    /// <summary>Runs a script; gives what it leaves. What results say of archives is overheard too.</summary>
    private protected List<object> Run(string script, params object?[] arguments)
    {
        List<object> all = [.. Session.Invoke(script, arguments).Select(o => o.BaseObject)];
        foreach (var sent in all.OfType<SendResult>().SelectMany(r => r.Instances)) Overheard.Add(sent.Reason);
        foreach (var tested in all.OfType<ArchiveTestResult>()) Overheard.Add(tested.ToString());
        return all;
    }

    private protected List<DicomStudy> RunForStudies(string script, params object?[] arguments) => [.. Run(script, arguments).Cast<DicomStudy>()];

    /// <summary>Asserts that there was one error; gives its id without the command, and its category.</summary>
    private protected (string Id, ErrorCategory Category) OnlyError()
    {
        var error = Assert.Single(Errors);
        return (error.FullyQualifiedErrorId.Split(',')[0], error.CategoryInfo.Category);
    }

    /// <summary>Writes studies, de-identifies and approves them.</summary>
    private protected void Approve(params PacsStudy[] studies)
    {
        foreach (var study in studies) study.WriteTo(Studies.Source);
        Assert.Equal(studies.Length, Run("Invoke-PacsbinAnonymize source -Destination out -Key $key | Approve-PacsbinStudy").Count);
        Assert.Empty(Session.Errors);
    }

    /// <summary>A password or token that must not be seen anywhere from now on.</summary>
    private protected static SecureString Secret(string text)
    {
        Overheard.Hide("secret", text);
        var secret = new SecureString();
        foreach (char c in text) secret.AppendChar(c);
        return secret;
    }
}

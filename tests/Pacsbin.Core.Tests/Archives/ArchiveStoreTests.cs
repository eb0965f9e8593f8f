using System.Text;
using Pacsbin.Archives;
using Pacsbin.Tests.Projects;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Archives;

public sealed class ArchiveStoreTests : IDisposable
{
    private const string Secret = "Tr0ub4dor&3-schlüssel";
    private readonly StudyFolder folder = new();

    private static readonly ArchiveDefinition Archive = new()
    {
        Name = "teaching",
        StowUri = new Uri("https://teaching.example/dicom-web"),
        Authentication = ArchiveAuthentication.Basic,
        UserName = "sender",
    };

    private ArchiveStore Store => new(folder["archives"]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_archive_comes_back_with_its_secret()
    {
        var added = Store.Add(Archive, Secret, replace: false);
        var found = Store.Find("TEACHING");
        Assert.Equivalent(added, found, strict: true);
        Assert.Equal(Secret, Store.SecretOf(found));
        Assert.Equal("https://teaching.example/dicom-web/studies", found.Target);
    }

    [Fact]
    public void The_secret_is_nowhere_in_clear_and_the_files_are_the_owners()
    {
        Store.Add(Archive, Secret, replace: false);
        foreach (var file in Directory.EnumerateFiles(folder["archives"]))
        {
            var text = File.ReadAllText(file, Encoding.Latin1);
            foreach (var form in new[] { Encoding.UTF8.GetBytes(Secret), Encoding.Unicode.GetBytes(Secret), Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret))) })
            {
                Assert.DoesNotContain(Encoding.Latin1.GetString(form), text, StringComparison.Ordinal);
            }

            if (!OperatingSystem.IsWindows() && Path.GetFileName(file) != "project.lock")
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public void The_secret_of_a_changed_definition_cannot_be_decrypted()
    {
        Store.Add(Archive, Secret, replace: false);
        var path = Path.Join(folder["archives"], "archives.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("teaching.example", "evil.example", StringComparison.Ordinal));
        Assert.Equal(PacsbinError.KeyMissing, Assert.Throws<PacsbinException>(() => Store.SecretOf(Store.Find("teaching"))).Error);
    }

    [Fact]
    public void A_file_that_others_can_change_is_refused()
    {
        Store.Add(Archive, Secret, replace: false);
        ProjectFolder.SetMode(Path.Join(folder["archives"], "archives.json"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        Assert.Equal(PacsbinError.FileAccessDenied, Assert.Throws<PacsbinException>(() => Store.Read()).Error);
    }

    [Fact]
    public void The_secret_goes_with_its_key()
    {
        Store.Add(Archive, Secret, replace: false);
        File.Delete(Path.Join(folder["archives"], "project.key"));
        Assert.Equal(PacsbinError.KeyMissing, Assert.Throws<PacsbinException>(() => Store.SecretOf(Store.Find("teaching"))).Error);
    }

    [Fact]
    public void A_secret_in_an_environment_variable_is_read_when_it_is_needed()
    {
        const string Variable = "PACSBIN_TEST_ARCHIVE_STORE";
        Store.Add(Archive with { SecretVariable = Variable }, [], replace: false);
        Assert.Equal(PacsbinError.KeyMissing, Assert.Throws<PacsbinException>(() => Store.SecretOf(Store.Find("teaching"))).Error);
        Environment.SetEnvironmentVariable(Variable, Secret);
        Assert.Equal(Secret, Store.SecretOf(Store.Find("teaching")));
        Environment.SetEnvironmentVariable(Variable, null);
    }

    [Fact]
    public void A_name_is_taken_once_and_can_be_given_again()
    {
        Store.Add(Archive, Secret, replace: false);
        Assert.Equal(PacsbinError.DestinationExists, Assert.Throws<PacsbinException>(() => Store.Add(Archive with { Name = "Teaching" }, Secret, replace: false)).Error);
        Store.Add(Archive with { UserName = "other" }, Secret, replace: true);
        Assert.Equal("other", Assert.Single(Store.Read()).UserName);
        Store.Remove("teaching");
        Assert.Empty(Store.Read());
        Assert.Equal(PacsbinError.FileNotFound, Assert.Throws<PacsbinException>(() => Store.Remove("teaching")).Error);
    }

    [Fact]
    public void Of_many_archives_registered_at_once_none_is_lost()
    {
        Parallel.For(0, 24, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => Store.Add(Archive with { Name = $"archive {i}" }, Secret, replace: false));
        Assert.Equal(24, Store.Read().Count);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"format\":\"pacsbin-archives/2\",\"archives\":[]}")]
    [InlineData("{\"format\":\"pacsbin-archives/1\",\"archives\":[null]}")]
    [InlineData("{\"format\":\"pacsbin-archives/1\",\"archives\":[{\"name\":\"a\"}]}")]
    [InlineData("{\"format\":\"pacsbin-archives/1\",\"archives\":[{\"name\":\"a\",\"stowUri\":\"http://far.example/\"}]}")]
    [InlineData("{\"format\":\"pacsbin-archives/1\",\"archives\":[{\"name\":\"a\",\"stowUri\":\"https://far.example/\",\"insecure\":true}]}")]
    public void A_file_that_is_damaged_or_relaxed_by_hand_is_refused(string content)
    {
        Directory.CreateDirectory(folder["archives"]);
        var path = Path.Join(folder["archives"], "archives.json");
        File.WriteAllText(path, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => Store.Read()).Error);
    }

    [Theory]
    [InlineData("https://a.example/x", true)]
    [InlineData("http://127.0.0.1:8042/x", true)]
    [InlineData("http://localhost/x", true)]
    [InlineData("http://[::1]/x", true)]
    [InlineData("http://a.example/x", false)]
    [InlineData("http://127.0.0.1.a.example/x", false)]
    [InlineData("http://localhost.a.example/x", false)]
    [InlineData("http://10.0.0.1/x", false)]
    [InlineData("ftp://a.example/x", false)]
    [InlineData("file:///x", false)]
    [InlineData("https://user:password@a.example/x", false)]
    [InlineData("https://a.example/x?token=1", false)]
    public void Plain_http_is_for_this_machine_and_addresses_hold_no_secrets(string address, bool isAllowed)
    {
        var archive = new ArchiveDefinition { Name = "a", StowUri = new Uri(address) };
        Assert.Equal(isAllowed, archive.Problem() is null);
        Assert.Equal(isAllowed || new Uri(address) is { Scheme: "http" }, (archive with { AllowHttp = true }).Problem() is null);
    }

    [Fact]
    public void What_is_missing_or_superfluous_is_a_problem()
    {
        var root = new Uri("https://a.example/x");
        var bare = new ArchiveDefinition { Name = "a", StowUri = root };
        ArchiveDefinition[] wrong =
        [
            bare with { Name = "" }, bare with { Name = " a" }, bare with { Name = new string('a', 65) }, bare with { Name = "a\u001b" },
            bare with { StowUri = null }, bare with { ProtectedSecret = "AAAA" }, bare with { SecretVariable = "A" },
            bare with { Authentication = ArchiveAuthentication.Basic, ProtectedSecret = "AAAA" },
            bare with { Authentication = ArchiveAuthentication.Basic, UserName = "a:b", ProtectedSecret = "AAAA" },
            bare with { Authentication = ArchiveAuthentication.Basic, UserName = "a" },
            bare with { Authentication = ArchiveAuthentication.Bearer },
            bare with { Authentication = ArchiveAuthentication.OAuth2ClientCredentials, UserName = "a", ProtectedSecret = "AAAA" },
            bare with { Authentication = ArchiveAuthentication.OAuth2ClientCredentials, UserName = "a", ProtectedSecret = "AAAA", TokenUri = new Uri("http://far.example/") },
            bare with { Authentication = ArchiveAuthentication.ClientCertificate },
            bare with { Authentication = ArchiveAuthentication.ClientCertificate, ClientCertificatePath = "/a", StowUri = new Uri("http://localhost/") },
            bare with { ClientCertificatePath = "/a" }, bare with { Thumbprint = "12" }, bare with { Thumbprint = new string('g', 64) },
        ];
        Assert.All(wrong, w => Assert.NotNull(w.Problem()));
        Assert.Null(bare.Problem());
    }
}

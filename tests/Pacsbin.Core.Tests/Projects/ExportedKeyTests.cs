using System.Text;
using System.Text.Json.Nodes;
using Pacsbin.Projects;
using Xunit;

namespace Pacsbin.Tests.Projects;

public sealed class ExportedKeyTests : IDisposable
{
    private const string Passphrase = "pässphrase of 山田";
    private readonly ProjectFolder projects = new();

    public void Dispose() => projects.Dispose();

    [Fact]
    public void A_key_travels_to_a_copy_of_the_project()
    {
        using var project = Project.Open(projects.Create());
        var path = Export(project);
        var copy = projects.CopyWithoutKey(project.Folder);
        Assert.Equal(KeyState.Missing, Project.Inspect(copy).Key);
        Assert.True(ExportedKey.Import(copy, path, Passphrase, replace: false));
        using var opened = Project.Open(copy);
        Assert.Equal(project.Key, opened.Key);
        Assert.False(ExportedKey.Import(copy, path, Passphrase, replace: false));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ProjectFolder.ModeOf(path));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ProjectFolder.ModeOf(Path.Join(copy, "project.key")));
        }
    }

    [Fact]
    public void Another_program_decrypts_the_file_as_stated()
    {
        const string Program = """
            import base64, hashlib, json, sys
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
            f = json.load(open(sys.argv[1], encoding='utf-8'))
            b = lambda name: base64.b64decode(f[name])
            assert (f['format'], f['derivation'], f['rounds'], f['cipher']) == ('pacsbin-exported-key/1', 'PBKDF2-SHA256', 600000, 'AES-256-GCM')
            key = hashlib.pbkdf2_hmac('sha256', sys.argv[2].encode(), b('salt'), 600000)
            bound = '|'.join([f['format'], f['project'], f['keyFingerprint']]).encode()
            print(AESGCM(key).decrypt(b('nonce'), b('ciphertext') + b('tag'), bound).hex())
            """;
        using var project = Project.Open(projects.Create());
        Peer.RequirePython("cryptography");
        var peer = Peer.Run(Peer.Python, ["-c", Program, Export(project), Passphrase]);
        Assert.Equal((0, Convert.ToHexStringLower(project.Key), ""), (peer.ExitCode, peer.Output.Trim(), peer.Error));
    }

    [Fact]
    public void The_file_holds_nothing_of_the_key_in_clear_and_no_two_are_alike()
    {
        using var project = Project.Open(projects.Create());
        var one = Encoding.Latin1.GetString(File.ReadAllBytes(Export(project)));
        var two = File.ReadAllText(Export(project, "two.json"));
        Assert.All(ProjectFolder.Spellings(project.Key), s => Assert.DoesNotContain(s, one, StringComparison.OrdinalIgnoreCase));
        foreach (var member in new[] { "salt", "nonce", "ciphertext", "tag" })
        {
            Assert.NotEqual((string?)JsonNode.Parse(one)![member], (string?)JsonNode.Parse(two)![member]);
        }
    }

    [Fact]
    public void A_file_in_which_any_byte_has_changed_is_refused()
    {
        using var project = Project.Open(projects.Create());
        var path = Export(project);
        var copy = projects.CopyWithoutKey(project.Folder);
        var whole = File.ReadAllBytes(path);
        Parallel.For(0, whole.Length, i =>
        {
            var changed = whole.ToArray();
            changed[i] ^= 1;
            var file = projects[$"{i}.json"];
            File.WriteAllBytes(file, changed);
            var error = Assert.Throws<PacsbinException>(() => ExportedKey.Import(copy, file, Passphrase, replace: false));
            Assert.Equal(PacsbinError.KeyMismatch, error.Error);
        });
        Assert.Equal([Path.Join(copy, "project.json")], Directory.GetFiles(copy));
        Assert.True(ExportedKey.Import(copy, path, Passphrase, replace: false));
    }

    [Fact]
    public void A_file_that_is_cut_off_or_goes_on_is_refused()
    {
        using var project = Project.Open(projects.Create());
        var path = Export(project);
        var copy = projects.CopyWithoutKey(project.Folder);
        var whole = File.ReadAllBytes(path);
        foreach (var changed in Enumerable.Range(0, whole.Length).Select(i => whole[..i]).Append([.. whole, (byte)'x']).Append([.. whole, .. new byte[1 << 20]]))
        {
            File.WriteAllBytes(path, changed);
            Assert.Equal(PacsbinError.KeyMismatch, Assert.Throws<PacsbinException>(() => ExportedKey.Import(copy, path, Passphrase, replace: false)).Error);
        }

        File.WriteAllBytes(path, [.. whole, .. "\r\n"u8]); // as an editor or a mail program leaves it
        Assert.True(ExportedKey.Import(copy, path, Passphrase, replace: false));
    }

    [Theory]
    [InlineData("rounds", "1")]
    [InlineData("rounds", "599999")]
    [InlineData("rounds", "2147483647")]
    [InlineData("rounds", "-1")]
    [InlineData("rounds", "1e300")]
    [InlineData("derivation", "\"none\"")]
    [InlineData("cipher", "\"AES-128-ECB\"")]
    [InlineData("format", "\"pacsbin-exported-key/2\"")]
    [InlineData("salt", "\"\"")]
    [InlineData("nonce", "\"AAAA\"")]
    [InlineData("ciphertext", "\"AAAA\"")]
    [InlineData("tag", "\"AAAA\"")]
    [InlineData("tag", "null")]
    [InlineData("project", "\"00000000000000000000000000000000\"")]
    [InlineData("keyFingerprint", "\"00000000000000000000000000000000\"")]
    [InlineData("more", "1")]
    public void A_header_that_asks_for_anything_else_is_refused_at_once(string member, string value)
    {
        using var project = Project.Open(projects.Create());
        var path = Export(project);
        var copy = projects.CopyWithoutKey(project.Folder);
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        json[member] = JsonNode.Parse(value);
        File.WriteAllText(path, json.ToJsonString());
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal(PacsbinError.KeyMismatch, Assert.Throws<PacsbinException>(() => ExportedKey.Import(copy, path, Passphrase, replace: true)).Error);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
        Assert.Single(Directory.GetFiles(copy));
    }

    [Fact]
    public void A_wrong_passphrase_is_refused()
    {
        using var project = Project.Open(projects.Create());
        var path = Export(project);
        var copy = projects.CopyWithoutKey(project.Folder);
        var error = Assert.Throws<PacsbinException>(() => ExportedKey.Import(copy, path, Passphrase + " ", replace: true));
        Assert.Equal((PacsbinError.KeyMismatch, "The passphrase is wrong, or the file is damaged."), (error.Error, error.Message));
        Assert.Equal(PacsbinError.KeyMismatch, Assert.Throws<PacsbinException>(() => ExportedKey.Import(copy, path, "", replace: true)).Error);
        Assert.Single(Directory.GetFiles(copy));
    }

    [Fact]
    public void The_key_of_another_project_is_refused()
    {
        using var project = Project.Open(projects.Create());
        var other = projects.Create("other");
        var before = projects.Contents();
        var path = Export(project);
        var error = Assert.Throws<PacsbinException>(() => ExportedKey.Import(other, path, Passphrase, replace: true));
        Assert.Equal((PacsbinError.KeyMismatch, "The file holds the key of another project."), (error.Error, error.Message));
        File.Delete(path);
        Assert.Equal(before, projects.Contents());
    }

    [Fact]
    public void A_key_file_that_is_not_the_projects_gives_way_when_told()
    {
        using var project = Project.Open(projects.Create());
        var path = Export(project);
        var copy = projects.CopyWithoutKey(project.Folder);
        File.Copy(Path.Join(projects.Create("other"), "project.key"), Path.Join(copy, "project.key"));
        var before = projects.Contents();
        Assert.Equal(PacsbinError.DestinationExists, Assert.Throws<PacsbinException>(() => ExportedKey.Import(copy, path, Passphrase, replace: false)).Error);
        Assert.Equal(before, projects.Contents());
        Assert.True(ExportedKey.Import(copy, path, Passphrase, replace: true));
        Project.Open(copy).Dispose();
    }

    [Fact]
    public void A_link_in_place_of_the_key_file_is_replaced_and_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows links need privileges.");
        using var project = Project.Open(projects.Create());
        var path = Export(project);
        var copy = projects.CopyWithoutKey(project.Folder);
        File.WriteAllText(projects["theirs"], "");
        File.CreateSymbolicLink(Path.Join(copy, "project.key"), projects["theirs"]);
        Assert.Equal(PacsbinError.DestinationExists, Assert.Throws<PacsbinException>(() => ExportedKey.Import(copy, path, Passphrase, replace: false)).Error);
        Assert.True(ExportedKey.Import(copy, path, Passphrase, replace: true));
        Assert.Equal(0, new FileInfo(projects["theirs"]).Length);
        Project.Open(copy).Dispose();
    }

    [Theory]
    [InlineData("elevenchars")]
    [InlineData("山田山田山田山田山田山")]
    [InlineData("👁👁👁👁👁👁👁👁👁👁👁")]
    public void A_short_passphrase_protects_nothing(string passphrase)
    {
        using var project = Project.Open(projects.Create());
        Assert.Equal(PacsbinError.KeyMissing, Assert.Throws<PacsbinException>(() => ExportedKey.Write(project, projects["key.json"], passphrase, replace: true)).Error);
        Assert.False(File.Exists(projects["key.json"]));
        ExportedKey.Write(project, projects["key.json"], passphrase + "x", replace: false);
    }

    [Fact]
    public void A_file_that_is_there_gives_way_when_told()
    {
        using var project = Project.Open(projects.Create());
        File.WriteAllText(projects["key.json"], "theirs");
        Assert.Equal(PacsbinError.DestinationExists, Assert.Throws<PacsbinException>(() => Export(project)).Error);
        Assert.Equal("theirs", File.ReadAllText(projects["key.json"]));
        ExportedKey.Write(project, projects["key.json"], Passphrase, replace: true);
        Assert.False(ExportedKey.Import(project.Folder, projects["key.json"], Passphrase, replace: false));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ProjectFolder.ModeOf(projects["key.json"]));
        }
    }

    [Fact]
    public void Places_that_do_not_exist_are_not_found()
    {
        using var project = Project.Open(projects.Create());
        Assert.Equal(PacsbinError.FileNotFound, Assert.Throws<PacsbinException>(() => Export(project, "none/key.json")).Error);
        Assert.Equal(PacsbinError.FileNotFound, Assert.Throws<PacsbinException>(() => ExportedKey.Import(project.Folder, projects["key.json"], Passphrase, replace: false)).Error);
        Assert.Equal(PacsbinError.FileNotFound, Assert.Throws<PacsbinException>(() => ExportedKey.Import(projects["none"], projects["key.json"], Passphrase, replace: false)).Error);
    }

    private string Export(Project project, string name = "key.json")
    {
        ExportedKey.Write(project, projects[name], Passphrase, replace: false);
        return projects[name];
    }
}

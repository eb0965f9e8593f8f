using System.Management.Automation;
using Pacsbin.Archives;
using Pacsbin.Tests.Archives.Servers;

namespace Pacsbin.Tests.Archives;

public sealed class ArchiveCmdletTests : ArchiveTests
{
    const string Password = "pa55word-of-the-reader";
    const string Token = "t0ken-0f-the-archive";

    public ArchiveCmdletTests()
    {
        Session.Set("credential", new PSCredential("reader", Secret(Password)));
        Session.Set("token", Secret(Token));
        Overheard.Hide("secret", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"reader:{Password}")));
    }

    [Theory]
    [InlineData("https://pacs.example/dicom-web", "https://pacs.example/dicom-web")]
    [InlineData("https://pacs.example:8443/dicom-web/studies", "https://pacs.example:8443/dicom-web")]
    [InlineData("https://pacs.example/dicom-web/studies/", "https://pacs.example/dicom-web")]
    [InlineData("http://localhost:8042/", "http://localhost:8042/")]
    [InlineData("http://[::1]:8042/x", "http://[::1]:8042/x")]
    public void Root_is_the_root_of_all_services(string given, string expected)
    {
        dynamic archive = Assert.Single(Run("Register-PacsbinArchive $pacs $args[0]", given));
        Assert.Empty(Errors);
        Assert.Equal((Name("pacs"), expected, expected, expected), ((string)archive.Name, (string)archive.QidoUri.AbsoluteUri, (string)archive.WadoUri.AbsoluteUri, (string)archive.StowUri.AbsoluteUri));
        Assert.Equal(archive, Assert.Single(Run("Get-PacsbinArchive $pacs")));
    }

    [Fact]
    public void Services_may_have_different_roots_or_be_missing()
    {
        dynamic archive = Assert.Single(Run("Register-PacsbinArchive $pacs -QidoUri https://q.example/a -StowUri https://s.example/b/studies"));
        Assert.Equal(("https://q.example/a", "https://s.example/b"), ((string)archive.QidoUri.AbsoluteUri, (string)archive.StowUri.AbsoluteUri));
        Assert.Null((object?)archive.WadoUri);
        Assert.Equal("None", archive.Secret.ToString());
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "-Uri http://pacs.example/x", "AllowHttp" },
        { "-Uri http://127.0.0.1.example/x", "AllowHttp" },
        { "-Uri pacs/dicom-web", "begins with https://" },
        { "-Uri ftp://pacs.example/x", "begins with https://" },
        { "-Uri https://reader:pa55word-of-the-reader@pacs.example/x", "no user name or password" },
        { "-Uri 'https://pacs.example/x?key=t0ken-0f-the-archive'", "no ? and no #" },
        { "-Uri https://pacs.example -Authentication Basic", "needs a user name" },
        { "-Uri https://pacs.example -Authentication Basic -UserName reader", "needs a secret" },
        { "-Uri https://pacs.example -Authentication Basic -UserName a:b -SecretVariable X", "no colon" },
        { "-Uri https://pacs.example -Authentication Bearer", "needs a secret" },
        { "-Uri https://pacs.example -Token $token", "nothing that it is for" },
        { "-Uri https://pacs.example -Authentication Bearer -Token $token -SecretVariable X", "Give one of" },
        { "-Uri https://pacs.example -Authentication Basic -Credential $credential -Token $token", "Give one of" },
        { "-Uri https://pacs.example -Authentication OAuth2ClientCredentials -Credential $credential", "token endpoint" },
        { "-Uri https://pacs.example -Authentication OAuth2ClientCredentials -Credential $credential -TokenUri http://login.example/t", "AllowHttp" },
        { "-Uri https://pacs.example -Authentication ClientCertificate", "certificate is missing" },
        { "-Uri https://pacs.example -Thumbprint 12AB", "64 hexadecimal digits" },
        { "-QidoUri https://pacs.example -StowUri http://pacs.example", "AllowHttp" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_is_not_safe_or_not_whole_is_refused(string parameters, string reason)
    {
        Assert.Empty(Run($"Register-PacsbinArchive $pacs {parameters}"));
        Assert.Equal(("InvalidArgument", ErrorCategory.InvalidArgument), OnlyError());
        Assert.Contains(reason, Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Empty(Run("Get-PacsbinArchive \"$pacs*\""));
    }

    [Theory]
    [InlineData("-CaFile missing.pem")]
    [InlineData("-CaFile out")]
    [InlineData("-Authentication ClientCertificate -ClientCertificate missing.pfx")]
    public void File_that_is_not_there_is_refused(string parameters)
    {
        Directory.CreateDirectory(Studies.Workspace);
        Assert.Empty(Run($"Register-PacsbinArchive $pacs https://pacs.example {parameters}"));
        Assert.Equal(("FileNotFound", ErrorCategory.ObjectNotFound), OnlyError());
        Assert.Empty(Run("Get-PacsbinArchive \"$pacs*\""));
    }

    [Theory]
    [InlineData("' x'")]
    [InlineData("\"a`nb\"")]
    [InlineData("('x' * 65)")]
    public void Name_that_cannot_be_shown_or_typed_is_refused(string name)
    {
        Assert.Empty(Run($"Register-PacsbinArchive {name} https://pacs.example"));
        Assert.Equal(("InvalidArgument", ErrorCategory.InvalidArgument), OnlyError());
    }

    [Fact]
    public void Name_is_taken_until_force_is_given()
    {
        Run("$null = Register-PacsbinArchive $pacs https://one.example");
        Assert.Empty(Run("Register-PacsbinArchive $pacs.ToUpper() https://two.example"));
        Assert.Equal(("DestinationExists", ErrorCategory.ResourceExists), OnlyError());
        dynamic archive = Assert.Single(Run("Register-PacsbinArchive $pacs.ToUpper() https://two.example -Force; Get-PacsbinArchive $pacs | ForEach-Object { }"));
        Assert.Equal("https://two.example/", archive.QidoUri.AbsoluteUri);
        Assert.Equal(archive, Assert.Single(Run("Get-PacsbinArchive \"$pacs*\"")));
    }

    [Fact]
    public void Http_to_elsewhere_is_warned_about()
    {
        dynamic archive = Assert.Single(Run("Register-PacsbinArchive $pacs http://pacs.example/x -AllowHttp"));
        Assert.True(archive.AllowHttp);
        Assert.Contains("Without TLS", Assert.Single(Session.Warnings), StringComparison.Ordinal);
        Run("Register-PacsbinArchive $pacs http://127.0.0.1:1/x -AllowHttp -Force");
        Assert.Empty(Session.Warnings);
    }

    [Fact]
    public void WhatIf_registers_and_forgets_nothing()
    {
        Assert.Empty(Run("Register-PacsbinArchive $pacs https://pacs.example -Authentication Bearer -Token $token -WhatIf"));
        Assert.Contains(Session.HostLines, l => l == $"What if: Performing the operation \"Register the archive\" on target \"{Name("pacs")}\".");
        Assert.Empty(Run("Get-PacsbinArchive \"$pacs*\""));
        Run("$null = Register-PacsbinArchive $pacs https://pacs.example");
        Run("Unregister-PacsbinArchive $pacs -WhatIf");
        Assert.Contains(Session.HostLines, l => l == $"What if: Performing the operation \"Forget the archive\" on target \"{Name("pacs")}\".");
        Assert.Single(Run("Get-PacsbinArchive $pacs"));
    }

    [Fact]
    public void Archives_are_found_and_forgotten_by_wildcard_and_pipeline()
    {
        string own = Name("");
        foreach (string name in new[] { "a1", "a2", "b[1]", "b1" }) Run("$null = Register-PacsbinArchive -Name $args[0] -Uri https://pacs.example", name + own);
        string[] Names(string script) => [.. Run(script, own).Select(a => a.ToString()!.Replace(own, "", StringComparison.Ordinal))];
        Assert.Equal(["a1", "a2", "b1", "b[1]"], Names("Get-PacsbinArchive \"*$($args[0])\""));
        Assert.Equal(["a1", "a2"], Names("Get-PacsbinArchive \"A*$($args[0])\", \"?1$($args[0])\" | Where-Object Name -like a*"));
        Assert.Equal(["b1", "a2"], Names("\"b1$($args[0])\", \"a2$($args[0])\" | Get-PacsbinArchive"));
        Assert.Equal(["b1", "b[1]"], Names("Get-PacsbinArchive \"b[1]$($args[0])\""));
        Assert.Empty(Names("Get-PacsbinArchive \"c*$($args[0])\""));
        Assert.Empty(Errors);
        Assert.Equal(["a1"], Names("Get-PacsbinArchive \"none$($args[0])\", \"a1$($args[0])\""));
        Assert.Equal(("FileNotFound", ErrorCategory.ObjectNotFound), OnlyError());

        Session.Answers.Enqueue("No");
        Session.Answers.Enqueue("Yes");
        Assert.Empty(Names("Get-PacsbinArchive \"a*$($args[0])\" | Unregister-PacsbinArchive -Confirm"));
        Assert.Equal(["a1", "b1", "b[1]"], Names("Get-PacsbinArchive \"*$($args[0])\""));
        Names("Unregister-PacsbinArchive \"none$($args[0])\"");
        Assert.Equal(("FileNotFound", ErrorCategory.ObjectNotFound), OnlyError());
        Names("Unregister-PacsbinArchive \"*$($args[0])\"");
        Assert.Empty(Errors);
        Assert.Empty(Names("Get-PacsbinArchive \"*$($args[0])\""));
    }

    [Fact]
    public void Secret_is_in_no_output_and_not_in_the_file()
    {
        Run("$null = Register-PacsbinArchive $pacs https://pacs.example -Authentication Basic -Credential $credential; $null = Register-PacsbinArchive $archive https://pacs.example -Authentication Bearer -Token $token");
        var texts = Run("""
            foreach ($a in Get-PacsbinArchive $pacs, $archive) {
                $a.PSObject.Members | ForEach-Object { "$($_.Name) $($_.Value)" }
                "$a"
                [Text.Json.JsonSerializer]::Serialize($a, $a.GetType())
                [Management.Automation.PSSerializer]::Serialize($a, 5)
            }
            """).Cast<string>().Append(Session.Show("Get-PacsbinArchive $pacs, $archive"))
            .Concat(Directory.GetFiles(RegisteredArchives.Folder).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)).Select(File.ReadAllText)).ToList();
        Assert.Contains(texts, t => t.Contains("\"Secret\":1", StringComparison.Ordinal));
        Assert.Contains(texts, t => t.Contains("pacs.example", StringComparison.Ordinal) && t.Contains("archives/1", StringComparison.Ordinal));
        foreach (string secret in new[] { Password, Token })
            Assert.DoesNotContain(texts, t => t.Contains(secret, StringComparison.OrdinalIgnoreCase) || t.Contains(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(secret)), StringComparison.Ordinal));
        Assert.Matches($@"(?m)^{Name("pacs")} +Basic +Stored +True +True +True +https://pa", Session.Show("Get-PacsbinArchive $pacs"));
    }

    [Fact]
    public async Task Each_way_of_showing_who_asks_is_accepted_and_a_wrong_one_refused()
    {
        await using var archive = new ScriptedArchive();
        await using var login = new ScriptedServer(e => e.RespondAsync(200, $$"""{"access_token":"{{Token}}","token_type":"Bearer","expires_in":60}""", "application/json"));
        string variable = "PACSBIN_TEST_" + Name("").TrimStart('-');
        Environment.SetEnvironmentVariable(variable, Token);
        var ways = new Dictionary<string, string>
        {
            ["-Authentication Basic -Credential $credential"] = "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"reader:{Password}")),
            ["-Authentication Bearer -Token $token"] = "Bearer " + Token,
            [$"-Authentication Bearer -SecretVariable {variable}"] = "Bearer " + Token,
            [$"-Authentication OAuth2ClientCredentials -TokenUri {login.Address}t -Scope dicom -Credential $credential"] = "Bearer " + Token,
        };
        foreach (var (parameters, header) in ways)
        {
            Register("pacs", archive.DicomWebRoot, parameters);
            foreach (bool isRight in new[] { true, false })
            {
                archive.Faults.RequiredAuthorization = isRight ? header : "Bearer another";
                var result = (ArchiveTestResult)Assert.Single(Run("Test-PacsbinArchive $pacs"));
                var expected = isRight ? ServiceState.Answers : ServiceState.Refuses;
                Assert.Equal((true, expected, expected, expected), (result.IsReachable, result.Qido, result.Wado, result.Stow));
                Assert.Equal(isRight, result.Problem is null);
            }
        }

        Assert.All(login.Requests, r => Assert.Equal("grant_type=client_credentials&scope=dicom", System.Text.Encoding.ASCII.GetString(r.Body!)));
        Register("pacs", archive.DicomWebRoot, $"-Authentication Bearer -SecretVariable {variable}");
        Environment.SetEnvironmentVariable(variable, null);
        Assert.Empty(Run("Test-PacsbinArchive $pacs"));
        Assert.Equal(("KeyMissing", ErrorCategory.SecurityError), OnlyError());
    }

    [Fact]
    public async Task Certificate_is_trusted_by_its_authority_or_its_thumbprint_only()
    {
        using var certificates = new TestCertificates();
        await using var archive = new ScriptedArchive(TlsFront.Options(certificates.Server));
        TestCertificates.WriteCertificate(certificates.Authority, Root, "ca.pem");
        Register("pacs", archive.DicomWebRoot);
        var result = (ArchiveTestResult)Assert.Single(Run("Test-PacsbinArchive $pacs"));
        string thumbprint = certificates.Server.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant();
        Assert.Equal((ServiceState.Refuses, thumbprint), (result.Qido, result.Thumbprint));
        Assert.NotNull(result.Problem);

        string withColons = string.Join(':', thumbprint.Chunk(2).Select(c => new string(c)));
        foreach (string trust in new[] { "-CaFile ca.pem", $"-CaFile ca.pem -Thumbprint {thumbprint.ToUpperInvariant()}", $"-CaFile ca.pem -Thumbprint {withColons}" })
        {
            Register("pacs", archive.DicomWebRoot, trust);
            result = (ArchiveTestResult)Assert.Single(Run("Test-PacsbinArchive $pacs"));
            Assert.Equal((null, true, ServiceState.Answers), (result.Problem, result.IsReachable, result.Stow));
            Assert.Matches("^Tls1[23]$", result.Tls!);
        }

        Register("pacs", archive.DicomWebRoot, $"-CaFile ca.pem -Thumbprint {new string('0', 64)}");
        result = (ArchiveTestResult)Assert.Single(Run("Test-PacsbinArchive $pacs"));
        Assert.Equal((ServiceState.Refuses, thumbprint), (result.Stow, result.Thumbprint));
    }

    [Fact]
    public async Task Certificate_of_the_client_is_shown_to_the_archive()
    {
        using var certificates = new TestCertificates();
        await using var archive = new ScriptedArchive(TlsFront.Options(certificates.Server, certificates.Authority));
        TestCertificates.WriteCertificate(certificates.Authority, Root, "ca.pem");
        TestCertificates.WritePfx(certificates.Client, Root, "client.pfx");
        Session.Set("password", Secret(TestCertificates.Password));
        Register("pacs", archive.DicomWebRoot, "-CaFile ca.pem -Authentication ClientCertificate -ClientCertificate client.pfx -CertificatePassword $password");
        var result = (ArchiveTestResult)Assert.Single(Run("Test-PacsbinArchive $pacs"));
        Assert.Equal((null, ServiceState.Answers), (result.Problem, result.Qido));
        Register("pacs", archive.DicomWebRoot, "-CaFile ca.pem");
        result = (ArchiveTestResult)Assert.Single(Run("Test-PacsbinArchive $pacs"));
        Assert.NotEqual(ServiceState.Answers, result.Qido);
        Assert.NotNull(result.Problem);
    }

    [Fact]
    public async Task Test_shows_what_answers_and_goes_on_after_what_does_not()
    {
        await using var archive = new ScriptedArchive();
        var gone = new ScriptedServer(_ => Task.CompletedTask);
        await gone.DisposeAsync();
        Register("pacs", gone.Address);
        Run("$null = Register-PacsbinArchive $archive -QidoUri $args[0]", archive.DicomWebRoot);
        var results = Run("'nothing', $pacs | Test-PacsbinArchive; Get-PacsbinArchive $archive | Test-PacsbinArchive").Cast<ArchiveTestResult>().ToList();
        Assert.Equal(("FileNotFound", ErrorCategory.ObjectNotFound), OnlyError());
        Assert.Equal([Name("pacs"), Name("archive")], results.Select(r => r.Name));
        Assert.Equal((false, ServiceState.Silent, ServiceState.Silent), (results[0].IsReachable, results[0].Qido, results[0].Stow));
        Assert.NotNull(results[0].Problem);
        Assert.Equal((true, ServiceState.Answers, ServiceState.NotRegistered, null), (results[1].IsReachable, results[1].Qido, results[1].Wado, results[1].Problem));
        Assert.True(results[1].RoundTrip > TimeSpan.Zero);
        Assert.Contains("IsReachable", Session.Show("Test-PacsbinArchive $archive"), StringComparison.Ordinal);
        Assert.All(archive.Server.Requests, r => Assert.Equal("GET", r.Method));
    }

    [Fact]
    public async Task Test_stops_within_a_second()
    {
        var asked = new TaskCompletionSource();
        await using var silent = new ScriptedServer(e =>
        {
            asked.TrySetResult();
            return e.KeepSilentAsync();
        });
        Register("pacs", silent.Address);
        Assert.InRange(await Session.InvokeAndStop("Test-PacsbinArchive $pacs", asked.Task), TimeSpan.Zero, TimeSpan.FromSeconds(1.2));
    }
}

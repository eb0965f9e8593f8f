using System.Management.Automation.Language;

namespace Pacsbin.Tests;

public sealed class ClientExampleTests
{
    /// <summary>The engine of these tests has no Invoke-RestMethod, and Windows PowerShell is on Windows only: this holds the script to the syntax that 5.1 knows.</summary>
    [Fact]
    public void Client_for_windows_powershell_has_only_what_version_5_1_understands()
    {
        string path = Path.Combine(Repository.Root, "examples", "clients", "client.ps1");
        var script = Parser.ParseFile(path, out var tokens, out var errors);
        Assert.Empty(errors);
        Assert.All(File.ReadAllText(path), c => Assert.True(char.IsAscii(c), "5.1 reads a file without a mark as ANSI."));
        Assert.Empty(script.FindAll(a => a is TernaryExpressionAst or PipelineChainAst or TypeDefinitionAst || (a is InvokeMemberExpressionAst or MemberExpressionAst && ((MemberExpressionAst)a).NullConditional), searchNestedScriptBlocks: true));
        Assert.DoesNotContain(tokens, t => t.Kind is TokenKind.QuestionQuestion or TokenKind.QuestionQuestionEquals or TokenKind.AndAnd or TokenKind.OrOr);
        string[] known = ["Get-Content", "ConvertTo-Json", "Invoke-RestMethod", "Invoke-Sidecar", "Resolve-Path", "Start-Sleep", "Write-Progress", "Select-Object"];
        var commands = script.FindAll(a => a is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>().ToList();
        Assert.All(commands, c => Assert.Contains(c.GetCommandName(), known));
        string[] newer = ["NoProxy", "SkipHttpErrorCheck", "Authentication", "Token", "AsByteStream", "Form", "SkipCertificateCheck"]; // parameters that 5.1 lacks
        Assert.DoesNotContain(script.FindAll(a => a is CommandParameterAst, searchNestedScriptBlocks: true).Cast<CommandParameterAst>(), p => newer.Contains(p.ParameterName));
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Http;
using TaskDsl.App.Sessions;

namespace TaskDsl.App.Tests.Hub;

/// <summary>Hubs that refuse, lie and send elsewhere: nothing wrong is kept, and one line says what to do.</summary>
[Collection("hub")]
public sealed class BadHubTests
{
    private const string Secret = "hf_TheSecretThatNobodyElseMaySee";

    [Fact]
    public async Task The_token_is_said_to_the_hub_alone_and_written_nowhere()
    {
        await using var desk = await HubDesk.WithModelAsync();
        Environment.SetEnvironmentVariable("HF_TOKEN", $" {Secret}\n");
        var (code, printed) = await desk.FetchAsync();
        Assert.True(code == ExitCode.Success, printed);
        var (hub, storage) = (
            desk.Hub.Requests.Where(r => r.Path[0] == '/').ToList(),
            desk.Hub.Requests.Where(r => r.Path[0] != '/').ToList()
        );
        Assert.All(hub, asked => Assert.Equal($"Bearer {Secret}", asked.Token));
        Assert.NotEmpty(storage);
        Assert.All(storage, asked => Assert.Null(asked.Token));
        Assert.DoesNotContain(Secret, printed, StringComparison.Ordinal);
        foreach (var path in Directory.EnumerateFiles(desk.Cache, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(Secret, File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_that_a_login_kept_is_used_and_one_that_is_none_refused()
    {
        await using var desk = await HubDesk.WithModelAsync();
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(desk.Cache)!, "token"), $"{Secret}\n");
        await desk.FetchAsync("acme/tiny");
        Assert.Equal($"Bearer {Secret}", Assert.Single(desk.Hub.Requests).Token);
        Environment.SetEnvironmentVariable("HF_TOKEN", "two words");
        var (code, printed) = await desk.FetchAsync("acme/tiny");
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("HF_TOKEN has no token", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("two words", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "", "it is private or gated, or there is none of this name: set HF_TOKEN")]
    [InlineData(401, "RepoNotFound", "there is no such repository, or it is private: check its name, or set HF_TOKEN")]
    [InlineData(401, "GatedRepo", "it is gated; accept its terms on its page")]
    [InlineData(403, "", "set HF_TOKEN to a token that may read it; where it is gated")]
    [InlineData(404, "", "there is no such repository, revision or file")]
    [InlineData(404, "RevisionNotFound", "the repository has no such revision")]
    [InlineData(400, "", "400 Bad Request: {\"error\":\"no\"}")]
    public async Task An_answer_that_is_no_success_says_what_to_do(int status, string error, string expected)
    {
        await using var desk = await HubDesk.WithModelAsync();
        desk.Hub.Instead = context => HubHost.AnswerAsync(context, status, "{\"error\":\"no\"}", ("X-Error-Code", error));
        var (code, printed) = await desk.FetchAsync();
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("model acme/tiny at c1899de2", printed, StringComparison.Ordinal);
        Assert.Contains(expected, printed, StringComparison.Ordinal);
        Assert.Single(desk.Hub.Requests); // Asking again would be in vain.
    }

    [Fact]
    public async Task A_login_page_in_place_of_a_list_is_told_as_one()
    {
        await using var desk = await HubDesk.WithModelAsync();
        desk.Hub.Instead = context => HubHost.AnswerAsync(context, 200, "<!DOCTYPE html><title>ACME: sign in</title><form>");
        var (code, printed) = await desk.FetchAsync();
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("answers with a web page ('ACME: sign in') where a hub's answer is expected", printed, StringComparison.Ordinal);
        Assert.False(Directory.Exists(desk.Cache));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_login_page_in_place_of_a_file_is_not_kept(bool asLongAsTheFile)
    {
        await using var desk = await HubDesk.WithModelAsync();
        var page = "<html><title>Sign in</title>".PadRight(asLongAsTheFile ? 300_000 : 100);
        desk.Hub.InsteadOfStorage = async context =>
        {
            context.Response.ContentType = "text/html";
            context.Response.ContentLength = page.Length;
            await context.Response.WriteAsync(page);
            return true;
        };
        var (code, printed) = await desk.FetchAsync();
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("model.safetensors of model acme/tiny", printed, StringComparison.Ordinal);
        Assert.Contains("answers with a web page", printed, StringComparison.Ordinal);
        NothingKept(desk);
    }

    [Theory, InlineData(299_999), InlineData(300_001), InlineData(0)]
    public async Task A_file_of_another_size_is_refused(int length)
    {
        await using var desk = await HubDesk.WithModelAsync();
        desk.Hub.Sent["model.safetensors"] = new byte[length];
        var (code, printed) = await desk.FetchAsync();
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("its list says 300.0 kB; it is not kept", printed, StringComparison.Ordinal);
        NothingKept(desk);
    }

    [Fact]
    public async Task A_file_without_a_length_that_does_not_end_is_refused()
    {
        await using var desk = await HubDesk.WithModelAsync();
        desk.Hub.InsteadOfStorage = async context =>
        {
            for (var i = 0; i < 100; i++)
                await context.Response.Body.WriteAsync(new byte[10_000]);
            return true;
        };
        var (code, printed) = await desk.FetchAsync();
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("more than 300.0 kB come", printed, StringComparison.Ordinal);
        Assert.False(File.Exists(desk.Blob("model.safetensors")));
    }

    [Theory, InlineData("model.safetensors"), InlineData("config.json")]
    public async Task Content_with_another_hash_is_thrown_away(string path)
    {
        await using var desk = await HubDesk.WithModelAsync();
        var other = desk.Hub.Content(path).ToArray();
        other[^1] ^= 1;
        desk.Hub.Sent[path] = other;
        var (code, printed) = await desk.FetchAsync();
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains($"and the hub lists {desk.Hub.ETag(path)}; nothing of it is kept", printed, StringComparison.Ordinal);
        NothingKept(desk, path);
        desk.Hub.Sent.Clear();
        Assert.Equal(ExitCode.Success, (await desk.FetchAsync()).Code);
    }

    [Theory, InlineData("X-Repo-Commit", "another commit"), InlineData("X-Linked-ETag", "the hub offers the content")]
    public async Task A_hub_that_answers_with_another_version_is_refused(string header, string expected)
    {
        await using var desk = await HubDesk.WithModelAsync();
        desk.Hub.Instead = async context =>
            context.Request.Path.Value!.EndsWith("model.safetensors", StringComparison.Ordinal)
            && await HubHost.AnswerAsync(context, 200, "x", (header, new string('0', header[2] == 'R' ? 40 : 64)));
        var (code, printed) = await desk.FetchAsync();
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains(expected, printed, StringComparison.Ordinal);
        NothingKept(desk);
    }

    [Theory]
    [InlineData("{\"type\":\"file\",\"path\":\"../../../outside\",\"size\":1,\"oid\":\"0000000000000000000000000000000000000000\"}")]
    [InlineData("{\"type\":\"file\",\"path\":\"/etc/passwd\",\"size\":1,\"oid\":\"0000000000000000000000000000000000000000\"}")]
    [InlineData("{\"type\":\"file\",\"path\":\"config.json\",\"size\":-1,\"oid\":\"0000000000000000000000000000000000000000\"}")]
    [InlineData("{\"type\":\"file\",\"path\":\"config.json\",\"size\":1,\"oid\":\"../../x\"}")]
    [InlineData("7")]
    public async Task A_list_that_would_write_elsewhere_is_refused(string entry)
    {
        await using var desk = await HubDesk.WithModelAsync();
        desk.Hub.Instead = context => HubHost.AnswerAsync(context, 200, $"[{entry}]");
        var (code, printed) = await desk.FetchAsync();
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("cannot be used", printed, StringComparison.Ordinal);
        Assert.False(Directory.Exists(desk.Cache));
    }

    [Fact]
    public async Task Redirects_without_an_end_and_to_files_are_not_followed()
    {
        await using var desk = await HubDesk.WithModelAsync();
        desk.Hub.Instead = context =>
        {
            context.Response.Redirect(context.Request.Path + context.Request.QueryString);
            return Task.FromResult(true);
        };
        Assert.Contains("more than 10 redirects", (await desk.FetchAsync()).Printed, StringComparison.Ordinal);
        desk.Hub.Instead = context =>
        {
            context.Response.Redirect("file:///etc/passwd");
            return Task.FromResult(true);
        };
        Assert.Contains("which is not followed", (await desk.FetchAsync()).Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offline_nothing_is_asked_and_what_is_missing_is_named()
    {
        await using var desk = await HubDesk.WithModelAsync();
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", "1");
        var (code, printed) = await desk.FetchAsync();
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("HF_HUB_OFFLINE says that the network is not to be used", printed, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Mistake, (await desk.FetchAsync("acme/tiny")).Code);
        Assert.Empty(desk.Hub.Requests);
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", null);
        await desk.FetchAsync();
        desk.Hub.Requests.Clear();
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", "1");
        Assert.Equal(ExitCode.Success, (await desk.FetchAsync()).Code);
        File.Delete(desk.Blob("tokenizer.json"));
        (code, printed) = await desk.FetchAsync();
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("tokenizer.json of model acme/tiny at c1899de2 is not in", printed, StringComparison.Ordinal);
        Assert.Empty(desk.Hub.Requests);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_told_with_the_way_out()
    {
        await using var desk = await HubDesk.WithModelAsync();
        File.WriteAllText(desk.Cache, ""); // A file in the place of the folder: root may write what is read-only.
        var (code, printed) = await desk.FetchAsync();
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("cannot be written", printed, StringComparison.Ordinal);
        Assert.Contains("set HF_HUB_CACHE to a folder that can be written", printed, StringComparison.Ordinal);
    }

    private static void NothingKept(HubDesk desk, string path = "model.safetensors")
    {
        Assert.False(File.Exists(desk.Blob(path)));
        Assert.False(File.Exists(Path.Combine(desk.Snapshot, path)));
        var half = new FileInfo(desk.Blob(path) + ".incomplete");
        Assert.True(!half.Exists || half.Length == 0, half.Exists ? half.Length.ToString(CultureInfo.InvariantCulture) : "");
    }
}

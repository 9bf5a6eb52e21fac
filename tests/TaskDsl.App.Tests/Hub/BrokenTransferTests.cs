using Microsoft.AspNetCore.Http;
using TaskDsl.App.Fetching;
using TaskDsl.App.Sessions;
using TaskDsl.Hub;

namespace TaskDsl.App.Tests.Hub;

/// <summary>Hubs that are busy, silent or break off: they are asked again, what came is kept, and what goes on begins there.</summary>
[Collection("hub")]
public sealed class BrokenTransferTests
{
    [Theory, InlineData(429), InlineData(503), InlineData(500)]
    public async Task A_busy_hub_is_asked_again_when_it_says(int status)
    {
        await using var desk = await HubDesk.WithModelAsync();
        var left = 2;
        desk.Hub.Instead = context =>
            Interlocked.Decrement(ref left) >= 0
                ? HubHost.AnswerAsync(context, status, "later", ("Retry-After", "0"))
                : Task.FromResult(false);
        var (code, printed) = await desk.FetchAsync();
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains(FormattableString.Invariant($"{status} "), printed, StringComparison.Ordinal);
        Assert.Contains("Asked again in 0 s", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_stays_busy_is_given_up()
    {
        await using var desk = await HubDesk.WithModelAsync();
        desk.Hub.Instead = context => HubHost.AnswerAsync(context, 429, "later", ("Retry-After", "0"));
        var (code, printed) = await desk.FetchAsync();
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("it asks to wait; try again later, or set HF_TOKEN", printed, StringComparison.Ordinal);
        Assert.Equal(6, desk.Hub.Requests.Count);
    }

    // Every 32 KiB the connection breaks: each part is asked for by its range, and none twice.
    [Fact]
    public async Task A_transfer_that_breaks_off_again_and_again_goes_on()
    {
        await using var desk = await HubDesk.WithModelAsync();
        desk.Hub.InsteadOfStorage = context => desk.Hub.BreakAsync(context, "model.safetensors", 1 << 15);
        using var server = new HubServer(HubSettings.OfEnvironment() with { Wait = TimeSpan.FromMilliseconds(1) }, _ => { });
        var repository = new HubRepository(HubKind.Model, "acme/tiny", HubHost.Commit);
        var file = (await server.ListAsync(repository, default)).Files.Single(f => f.Path == "model.safetensors");
        var told = new List<string>();
        var seen = new List<long>();
        await new HubDownload(server, repository, file, told.Add).FetchAsync(seen.Add, default);
        Assert.Equal(desk.Hub.Content("model.safetensors"), File.ReadAllBytes(desk.Blob("model.safetensors")));
        Assert.Contains(told, said => said.Contains("broke off at 32.8 kB of 300.0 kB; it goes on", StringComparison.Ordinal));
        Assert.Equal(seen.Order(), seen);
        var ranges = desk.Hub.Requests.Where(r => r.Path.StartsWith("storage", StringComparison.Ordinal)).Select(r => r.Range).ToList();
        Assert.Null(ranges[0]);
        Assert.Equal(ranges.Distinct(), ranges);
    }

    [Fact]
    public async Task A_list_that_breaks_off_is_asked_for_again()
    {
        await using var desk = await HubDesk.WithModelAsync();
        var left = 2;
        desk.Hub.Instead = async context =>
        {
            if (Interlocked.Decrement(ref left) < 0)
                return false;
            context.Response.ContentLength = 5000;
            await context.Response.WriteAsync("[");
            await context.Response.Body.FlushAsync();
            context.Abort();
            return true;
        };
        using var server = new HubServer(HubSettings.OfEnvironment() with { Wait = TimeSpan.FromMilliseconds(1) }, _ => { });
        var listing = await server.ListAsync(new HubRepository(HubKind.Model, "acme/tiny", HubHost.Commit), default);
        Assert.Equal(7, listing.Files.Count);
    }

    [Fact]
    public async Task A_transfer_that_gets_nowhere_ends_and_keeps_what_came()
    {
        await using var desk = await HubDesk.WithModelAsync();
        desk.Hub.InsteadOfStorage = context =>
            desk.Hub.BreakAsync(context, "model.safetensors", context.Request.Headers.Range.Count == 0 ? 100_000 : 0);
        using var server = new HubServer(HubSettings.OfEnvironment() with { Attempts = 3, Wait = TimeSpan.FromMilliseconds(1) }, _ => { });
        var repository = new HubRepository(HubKind.Model, "acme/tiny", HubHost.Commit);
        var file = (await server.ListAsync(repository, default)).Files.Single(f => f.Path == "model.safetensors");
        var error = await Assert.ThrowsAsync<HubException>(() =>
            new HubDownload(server, repository, file, _ => { }).FetchAsync(_ => { }, default)
        );
        Assert.Contains("What has come is kept: run it again to go on", error.Message, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(desk.Blob("model.safetensors") + ".incomplete").Length, 1, 100_000);
        desk.Hub.InsteadOfStorage = _ => Task.FromResult(false);
        Assert.Equal(ExitCode.Success, (await desk.FetchAsync()).Code);
        Assert.NotNull(desk.Hub.Requests.Last(r => r.Path.StartsWith("storage", StringComparison.Ordinal)).Range);
    }

    [Fact]
    public async Task A_transfer_that_falls_silent_is_not_waited_for_for_ever()
    {
        await using var desk = await HubDesk.WithModelAsync();
        var asked = 0;
        desk.Hub.InsteadOfStorage = async context =>
        {
            if (Interlocked.Increment(ref asked) > 1)
                return false;
            context.Response.ContentLength = 300_000;
            await context.Response.Body.WriteAsync(desk.Hub.Content("model.safetensors").AsMemory(0, 5000));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };
        using var server = new HubServer(HubSettings.OfEnvironment() with { Timeout = TimeSpan.FromSeconds(1) }, _ => { });
        var repository = new HubRepository(HubKind.Model, "acme/tiny", HubHost.Commit);
        var file = (await server.ListAsync(repository, default)).Files.Single(f => f.Path == "model.safetensors");
        await new HubDownload(server, repository, file, _ => { }).FetchAsync(_ => { }, default);
        Assert.Equal(desk.Hub.Content("model.safetensors"), File.ReadAllBytes(desk.Blob("model.safetensors")));
    }

    [Fact]
    public async Task A_hub_without_ranges_sends_all_of_it_again()
    {
        await using var desk = await HubDesk.WithModelAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(desk.Blob("model.safetensors"))!);
        File.WriteAllBytes(desk.Blob("model.safetensors") + ".incomplete", desk.Hub.Content("model.safetensors")[..1000]);
        desk.Hub.InsteadOfStorage = async context =>
        {
            await context.Response.Body.WriteAsync(desk.Hub.Content("model.safetensors"));
            return true;
        };
        var (code, printed) = await desk.FetchAsync();
        Assert.True(code == ExitCode.Success, printed);
    }

    [Fact]
    public async Task No_server_and_no_address_are_told()
    {
        await using var desk = await HubDesk.WithModelAsync();
        using var server = new HubServer(
            HubSettings.OfEnvironment() with
            {
                Endpoint = new Uri("http://127.0.0.1:1/"),
                Attempts = 2,
                Wait = TimeSpan.FromMilliseconds(1),
            },
            _ => { }
        );
        var error = await Assert.ThrowsAsync<HubException>(() =>
            server.ListAsync(new HubRepository(HubKind.Model, "acme/tiny", HubHost.Commit), default)
        );
        Assert.Contains("http://127.0.0.1:1/: no answer", error.Message, StringComparison.Ordinal);
        Assert.Contains("HTTPS_PROXY", error.Message, StringComparison.Ordinal);
        foreach (var address in (string[])["huggingface.co", "ftp://x", "https://me:secret@hub.example"])
        {
            Environment.SetEnvironmentVariable("HF_ENDPOINT", address);
            var (code, printed) = await desk.FetchAsync();
            Assert.Equal(ExitCode.Mistake, code);
            Assert.Contains("HF_ENDPOINT", printed, StringComparison.Ordinal);
            Assert.DoesNotContain("secret@", printed, StringComparison.Ordinal);
        }
    }
}

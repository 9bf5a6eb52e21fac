namespace TaskDsl.App.Tests;

public sealed class PlanTests
{
    [Fact]
    public async Task A_plan_says_what_a_run_takes_and_begins_none()
    {
        using var folder = new TempFolder();
        var (code, printed) = await Desk.RunAsync("plan", "tiny", "--set", "budget.epochs=3");
        Assert.Equal(TaskApp.Success, code);
        foreach (var word in (string[])["records", "steps", "padding", "trained of", "weights", "gradients", "optimizer state", "activations", "logits", "free on this machine", "s a step", "answers"])
            Assert.Contains(word, printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_that_does_not_fit_names_settings_and_an_exit_code()
    {
        var (code, printed) = await Desk.RunAsync("plan", "tiny", "--set", "model.decoder.hidden_size=16384", "--set", "model.decoder.layers=200", "--set", "model.decoder.feed_forward_size=65536");
        Assert.Equal(TaskApp.Mistake, code);
        Assert.Contains("this run does not fit: it needs", printed, StringComparison.Ordinal);
        Assert.Contains("adamw_8bit", printed, StringComparison.Ordinal);
    }
}

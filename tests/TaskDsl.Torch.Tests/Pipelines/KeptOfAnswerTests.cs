using System.Text.Json.Nodes;
using TaskDsl.Torch.Pipelines.Running;
using Xunit;

namespace TaskDsl.Torch.Tests.Pipelines;

public class KeptOfAnswerTests
{
    [Theory, InlineData(double.NegativeInfinity, null), InlineData(double.NaN, null), InlineData(-1386.294361, -1386.29436)]
    public void What_is_kept_is_JSON_whatever_the_number(double probability, double? written) =>
        Assert.Equal(written, (double?)JsonNode.Parse($"{new KeptOfAnswer("m") { LogProbability = probability }}")!["$log_probability"]);
}

using System.Globalization;
using TaskDsl.Tasks;

namespace TaskDsl.Metrics.Counting;

/// <summary>
/// What people have answered to a question, as clusters with counts (ProtoQA; Boratko et al., arXiv 2005.00771). Of gold, an item is one
/// person's answer: it counts as often as it stands there. Surfaces of one cluster are parted by a bar: <c>car | automobile</c>.
/// </summary>
public sealed class AnswerClusters
{
    private const int Longest = 50;

    private readonly (HashSet<string> Surfaces, int Count)[] clusters; // The greatest first.

    /// <summary>Gathers answers.</summary>
    public AnswerClusters(IReadOnlyList<OutputItem> gold) =>
        clusters = [
            .. gold.GroupBy(item => item.Value, StringComparer.Ordinal)
                .Select(same => (same.Key.Split('|').Select(Normal).ToHashSet(StringComparer.Ordinal), same.Count()))
                .OrderByDescending(cluster => cluster.Item2),
        ];

    /// <summary>An answer as it is compared: in lower case, without white space around it, its first 50 characters.</summary>
    public static string Normal(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var lower = answer.ToLower(CultureInfo.InvariantCulture);
        return lower[..Math.Min(Longest, lower.Length)].Trim();
    }

    /// <summary>The sum of the counts of so many of the greatest clusters.</summary>
    public int Greatest(int count) => clusters.Take(count).Sum(cluster => cluster.Count);

    /// <summary>Whether an answer is in none.</summary>
    public bool IsWrong(string answer)
    {
        var normal = Normal(answer);
        return !Array.Exists(clusters, cluster => cluster.Surfaces.Contains(normal));
    }

    /// <summary>
    /// The greatest sum of counts where each answer is taken for one cluster at most, and each cluster by one answer at most.
    /// </summary>
    public int Matched(IReadOnlyList<string> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        string[] normal = [.. answers.Select(Normal)];
        var takenBy = new int?[normal.Length];
        var sum = 0;
        // Clusters that can be matched together are the independent sets of a matroid: the greatest first is best.
        foreach (var (number, (_, count)) in clusters.Index())
            if (Takes(number, [.. new bool[normal.Length]]))
                sum += count;
        return sum;

        // Whether a cluster finds an answer, if need be one whose cluster finds another.
        bool Takes(int cluster, bool[] seen)
        {
            for (var i = 0; i < normal.Length; i++)
            {
                if (seen[i] || !clusters[cluster].Surfaces.Contains(normal[i]))
                    continue;
                seen[i] = true;
                if (takenBy[i] is { } other && !Takes(other, seen))
                    continue;
                takenBy[i] = cluster;
                return true;
            }

            return false;
        }
    }
}

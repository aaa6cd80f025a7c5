// SPDX-License-Identifier: MIT

using OciPS.Registry.Resilience;

namespace OciPS.Core.Tests.Registry.Resilience;

public sealed class RetryBudgetTests
{
    [Fact]
    public void TryTake_WithinTheBudget_TakesUntilItIsSpent()
    {
        var budget = new RetryBudget(RetrySettings.Budget);
        TimeSpan wait = TimeSpan.FromMinutes(1);

        Assert.Equal([true, true, true, true, true, false], Enumerable.Range(0, 6).Select(_ => budget.TryTake(wait)));
    }

    [Fact]
    public void TryTake_LongerThanTheLongestWait_IsRefused()
    {
        var budget = new RetryBudget(RetrySettings.Budget);

        Assert.False(budget.TryTake(RetrySettings.LongestWait + TimeSpan.FromTicks(1)));
        Assert.True(budget.TryTake(RetrySettings.LongestWait));
    }

    [Fact]
    public void TryTake_TooMuchForWhatIsLeft_LeavesThatForAShorterWait()
    {
        var budget = new RetryBudget(RetrySettings.Budget);
        Assert.True(budget.TryTake(TimeSpan.FromSeconds(80)) && budget.TryTake(TimeSpan.FromSeconds(80)) && budget.TryTake(TimeSpan.FromSeconds(80)));

        Assert.False(budget.TryTake(TimeSpan.FromSeconds(80)));
        Assert.True(budget.TryTake(TimeSpan.FromSeconds(60)));
        Assert.False(budget.TryTake(TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void Spend_SilencesAtTheSameTime_CountOnce()
    {
        var budget = new RetryBudget(TimeSpan.FromSeconds(100));
        long second = System.Diagnostics.Stopwatch.Frequency;

        budget.Spend(1000 * second, 1060 * second);
        budget.Spend(1000 * second, 1060 * second);
        budget.Spend(1010 * second, 1070 * second);

        Assert.False(budget.TryTake(TimeSpan.FromSeconds(30.5)));
        Assert.True(budget.TryTake(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Renew_BudgetIsSpent_BeginsWithAnother()
    {
        var log = new NullLog();
        RetryBudget spent = RetryBudget.For(log);
        while (spent.TryTake(TimeSpan.FromMinutes(1)))
        {
        }

        RetryBudget.Renew(log);

        Assert.NotSame(spent, RetryBudget.For(log));
        Assert.True(RetryBudget.For(log).TryTake(TimeSpan.FromMinutes(1)));
        Assert.Same(RetryBudget.For(log), RetryBudget.For(log));
    }

    [Fact]
    public void TryTake_AsLongAsLimitersAskFor_IsWaitedFor() =>
        Assert.True(new RetryBudget(RetrySettings.Budget).TryTake(TimeSpan.FromMinutes(2)));

    [Fact]
    public async Task TryTake_FromManyAtOnce_GivesNoMoreThanThereIs()
    {
        var budget = new RetryBudget(RetrySettings.Budget);

        bool[] taken = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(() => budget.TryTake(TimeSpan.FromSeconds(1)))));

        Assert.Equal(300, taken.Count(yes => yes));
    }
}

// The worker under PM2:  pm2 start docs/ecosystem.config.js && pm2 save
module.exports = {
  apps: [
    {
      name: "skypanel-worker",
      cwd: `${__dirname}/..`, // where .env and routes/ are
      script: "bin/skypanel-worker",
      interpreter: "none", // the script finds Java and becomes it
      // PM2 says SIGINT; builds that run then end first: longer than BUILD_TIMEOUT_MINUTES
      kill_timeout: 17 * 60 * 1000,
      treekill: false, // the git of a running build goes on
      exp_backoff_restart_delay: 1000,
      stop_exit_codes: [0, 2], // stopped as asked; wrong settings
    },
  ],
};
